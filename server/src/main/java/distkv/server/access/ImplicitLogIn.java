package distkv.server.access;

import distkv.access.AccessTable;
import distkv.access.NodeAccount;
import distkv.access.Principal;
import distkv.server.net.PeerIdentity;
import distkv.server.net.PeerIdentity.ClientCertificate;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.file.FileSystems;
import java.nio.file.attribute.UserPrincipal;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Who needs no log-in. The user that the server runs as, and root, when they have connected to its Unix socket: both could
 * read and change its files anyway. Nodes, by the certificates that were given to them. At a server that is open,
 * everybody else on this machine, and everybody who has a certificate of an authority that the server was told to
 * believe; its own authority is believed about nodes only.
 */
final class ImplicitLogIn {
    private static final System.Logger LOG = System.getLogger(ImplicitLogIn.class.getName());
    private static final Set<UserPrincipal> OWNERS = owners();
    private static final Principal EVERYBODY = new Principal.Owner("everybody");

    private ImplicitLogIn() {}

    private static Set<UserPrincipal> owners() {
        Set<UserPrincipal> owners = new HashSet<>();
        for (String name : Set.copyOf(List.of("root", System.getProperty("user.name", "root")))) {
            try {
                owners.add(
                        FileSystems.getDefault().getUserPrincipalLookupService().lookupPrincipalByName(name));
            } catch (IOException e) {
                LOG.log(System.Logger.Level.WARNING, "user " + name + " is unknown here, and must log in", e);
            }
        }
        return owners;
    }

    /**
     * Who is at the other end of a connection; {@code null} if that must be said by a log-in.
     *
     * @param nodesOnly whether certificates are those of the server's own authority
     */
    static @Nullable Principal of(PeerIdentity peer, AccessTable table, boolean open, boolean nodesOnly) {
        return switch (peer) {
            case PeerIdentity.Local(UserPrincipal user)
            when OWNERS.contains(user) -> new Principal.Owner(peer.toString());
            case PeerIdentity.Local _ -> open ? EVERYBODY : null;
            case PeerIdentity.Tcp(InetSocketAddress from) -> open && isHere(from) ? EVERYBODY : null;
            case PeerIdentity.Tls(InetSocketAddress from, ClientCertificate certificate) -> {
                NodeAccount node = certificate == null ? null : node(certificate, table);
                if (node != null) {
                    yield new Principal.OfNode(node.name());
                }
                boolean isBelieved = certificate != null && !nodesOnly;
                yield open && (isBelieved || isHere(from)) ? EVERYBODY : null;
            }
        };
    }

    /** The node that a certificate logs in; {@code null} if it logs in none. */
    static @Nullable NodeAccount node(ClientCertificate certificate, AccessTable table) {
        for (NodeAccount node : table.nodes()) {
            if (certificate.subject().equals("CN=" + node.name()) && node.isKnownBy(certificate.fingerprint())) {
                return node;
            }
        }
        return null;
    }

    private static boolean isHere(InetSocketAddress from) {
        return from.getAddress().isLoopbackAddress();
    }
}
