package distkv.server.node;

import java.io.IOException;
import java.net.DatagramSocket;
import java.net.Inet4Address;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.NetworkInterface;
import java.net.SocketException;
import java.util.Collections;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The address by which other machines probably reach a server.
 *
 * @param host as the server was told
 * @param listening where it listens
 */
public record ReachableAddress(String host, InetAddress listening, int port) {
    /** An address of no machine, which is used to ask for the way to others; nothing is sent. */
    private static final InetSocketAddress ELSEWHERE = new InetSocketAddress("192.0.2.1", 9);

    /** An address that somebody else knows, with the port of this server if it has none. */
    String known(String other) {
        boolean hasPort =
                other.matches(".*:\\d+") && (other.startsWith("[") || other.indexOf(':') == other.lastIndexOf(':'));
        return hasPort ? other : text(other);
    }

    /** As {@code HOST:PORT}; {@code null} if no other machine can reach it. */
    @Nullable
    String own() {
        if (listening.isLoopbackAddress()) {
            return null;
        } else if (!listening.isAnyLocalAddress()) {
            return text(host);
        }
        InetAddress own = towardOthers();
        return own == null ? null : text(own.getHostAddress().split("%", -1)[0]);
    }

    private String text(String name) {
        return (name.contains(":") && !name.startsWith("[") ? "[" + name + "]" : name) + ":" + port;
    }

    /** The address of the interface that leads to other networks, or else of the first one. */
    private static @Nullable InetAddress towardOthers() {
        try (DatagramSocket socket = new DatagramSocket()) {
            socket.connect(ELSEWHERE);
            InetAddress own = socket.getLocalAddress();
            if (!own.isAnyLocalAddress() && !own.isLoopbackAddress()) {
                return own;
            }
        } catch (IOException e) {
            // There is no way to other networks: the interfaces remain.
            return first();
        }
        return first();
    }

    private static @Nullable InetAddress first() {
        try {
            List<InetAddress> found = NetworkInterface.networkInterfaces()
                    .flatMap(each -> Collections.list(each.getInetAddresses()).stream())
                    .filter(address -> !address.isLoopbackAddress() && !address.isLinkLocalAddress())
                    .toList();
            return found.stream()
                    .filter(Inet4Address.class::isInstance)
                    .findFirst()
                    .orElse(found.isEmpty() ? null : found.getFirst());
        } catch (SocketException e) {
            return null;
        }
    }
}
