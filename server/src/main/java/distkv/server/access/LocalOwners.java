package distkv.server.access;

import distkv.access.Principal;
import distkv.server.net.PeerIdentity;
import java.io.IOException;
import java.nio.file.FileSystems;
import java.nio.file.attribute.UserPrincipal;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Who owns the server without a log-in: the user that it runs as, and root, when they have connected to its Unix socket.
 * Both could read and change its files anyway.
 */
final class LocalOwners {
    private static final System.Logger LOG = System.getLogger(LocalOwners.class.getName());
    private static final Set<UserPrincipal> OWNERS = lookUp();

    private LocalOwners() {}

    private static Set<UserPrincipal> lookUp() {
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

    /** The owner at the other end of a connection; {@code null} if it is anybody else. */
    static Principal.@Nullable Owner find(PeerIdentity peer) {
        return peer instanceof PeerIdentity.Local(UserPrincipal user) && OWNERS.contains(user)
                ? new Principal.Owner(peer.toString())
                : null;
    }
}
