package distkv.server.net;

import java.net.InetSocketAddress;
import java.nio.file.attribute.UserPrincipal;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/** Who is at the other end of a connection, as far as its transport can tell. */
public sealed interface PeerIdentity {
    /**
     * A process on this machine that has connected to the Unix socket.
     *
     * @param user its user when it connected, as the kernel says; two are equal if their numeric ids are
     */
    record Local(UserPrincipal user) implements PeerIdentity {
        @Override
        public String toString() {
            return "user " + user.getName();
        }
    }

    /** Somebody at this address, who may be anybody. */
    record Tcp(InetSocketAddress address) implements PeerIdentity {
        @Override
        public String toString() {
            return text(address);
        }
    }

    /**
     * Somebody at this address, through TLS.
     *
     * @param certificate what it has proved to have the key of; {@code null}: it has shown none
     */
    record Tls(InetSocketAddress address, @Nullable ClientCertificate certificate) implements PeerIdentity {
        @Override
        public String toString() {
            return certificate == null ? text(address) : text(address) + " (" + certificate.subject() + ")";
        }
    }

    /**
     * A client's certificate, which an authority that this server trusts has signed, and which was valid when the client
     * connected.
     *
     * @param subject the whole name in it, as RFC 2253 writes it, for example {@code CN=attic}
     * @param fingerprint of the certificate: SHA-256, in lower-case hexadecimal
     * @param validUntil when it expires
     */
    record ClientCertificate(String subject, String fingerprint, Instant validUntil) {}

    /** Where it is, without a port: an address, or a user of this machine. */
    default String place() {
        return switch (this) {
            case Local local -> local.toString();
            case Tcp(InetSocketAddress address) -> address.getAddress().getHostAddress();
            case Tls(InetSocketAddress address, var _) -> address.getAddress().getHostAddress();
        };
    }

    private static String text(InetSocketAddress address) {
        String host = address.getAddress().getHostAddress();
        return (host.contains(":") ? "[" + host + "]" : host) + ":" + address.getPort();
    }
}
