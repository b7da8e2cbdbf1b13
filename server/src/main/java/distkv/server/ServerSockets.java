package distkv.server;

import distkv.server.net.SocketListener;
import distkv.server.net.UnixSocket;
import distkv.server.tls.ServerTls;
import java.io.IOException;
import java.net.BindException;
import java.net.Inet6Address;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.StandardSocketOptions;
import java.net.UnknownHostException;
import java.nio.channels.ServerSocketChannel;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The sockets that a server listens on.
 *
 * @param host where the port is, as the server was told
 * @param address the same, found out
 * @param tls the certificate for the port; {@code null}: it is one without TLS
 * @param local the Unix socket; {@code null} if there is none
 */
record ServerSockets(
        String host,
        InetAddress address,
        ServerSocketChannel port,
        @Nullable ServerTls tls,
        @Nullable UnixSocket local) implements AutoCloseable {
    private static final System.Logger LOG = System.getLogger(ServerSockets.class.getName());
    private static final int BACKLOG = 512;

    /**
     * Binds them.
     *
     * @param name of the server, for its certificate
     * @throws IOException if an address is in use or cannot be bound, or a certificate cannot be used; the message names it
     * @throws IllegalArgumentException if it is not permitted to listen there
     */
    static ServerSockets bind(ServerOptions options, String name) throws IOException {
        InetAddress address = address(options);
        ServerSocketChannel port = bindPort(options, address);
        ServerTls tls = null;
        try {
            tls = tls(options, name, address);
            return new ServerSockets(options.host(), address, port, tls, bindLocally(options));
        } catch (IOException | RuntimeException e) {
            port.close();
            if (tls != null) {
                tls.close();
            }
            throw e;
        }
    }

    private static InetAddress address(ServerOptions options) throws IOException {
        InetAddress address;
        try {
            address = InetAddress.getByName(options.host());
        } catch (UnknownHostException e) {
            throw new IOException("host " + options.host() + " is unknown (expected: 127.0.0.1, ::1 or localhost)", e);
        }
        boolean open = options.tls() instanceof ServerOptions.Tls.None && !options.plaintext();
        if (open && !address.isLoopbackAddress()) {
            throw new IllegalArgumentException("host: " + options.host()
                    + " (expected: a loopback address such as 127.0.0.1, unless there is TLS)");
        }
        return address;
    }

    private static ServerSocketChannel bindPort(ServerOptions options, InetAddress address) throws IOException {
        ServerSocketChannel socket = ServerSocketChannel.open();
        try {
            socket.setOption(StandardSocketOptions.SO_REUSEADDR, true);
            socket.bind(new InetSocketAddress(address, options.port()), BACKLOG);
            return socket;
        } catch (BindException e) {
            socket.close();
            throw new IOException(
                    "cannot listen on " + options.host() + ", port " + options.port() + ": " + e.getMessage()
                            + " (expected: a port that no other process uses)",
                    e);
        } catch (IOException e) {
            socket.close();
            throw e;
        }
    }

    private static @Nullable ServerTls tls(ServerOptions options, String name, InetAddress address) throws IOException {
        return switch (options.tls()) {
            case ServerOptions.Tls.None() -> null;
            case ServerOptions.Tls.Files(Path certificate, Path key, Path clientAuthority) ->
                ServerTls.ofFiles(certificate, key, clientAuthority);
            case ServerOptions.Tls.Automatic() -> {
                Path directory = options.directory();
                if (directory == null) {
                    throw new IllegalArgumentException("tls: automatic (expected: a directory for the authority)");
                }
                yield ServerTls.automatic(directory.resolve("tls"), name, options.host(), address);
            }
        };
    }

    private static @Nullable UnixSocket bindLocally(ServerOptions options) throws IOException {
        return switch (options.socket()) {
            case ServerOptions.LocalSocket.None() -> null;
            case ServerOptions.LocalSocket.At(Path path) -> UnixSocket.open(path);
            case ServerOptions.LocalSocket.InDirectory() -> {
                Path directory = options.directory();
                yield directory == null ? null : bindIfPossible(directory.resolve(ServerOptions.SOCKET));
            }
        };
    }

    private static @Nullable UnixSocket bindIfPossible(Path path) {
        try {
            return UnixSocket.open(path);
        } catch (IOException e) {
            LOG.log(
                    System.Logger.Level.WARNING,
                    "{0}; clients on this machine need the port (another path: --socket PATH)",
                    e.getMessage());
            return null;
        }
    }

    /** Where code on this machine reaches the port. */
    Map<String, Object> nearby() {
        Map<String, Object> where = new LinkedHashMap<>();
        String near = address.isAnyLocalAddress() || (address.isLoopbackAddress() && !(address instanceof Inet6Address))
                ? "127.0.0.1"
                : address.getHostAddress();
        where.put("host", (tls == null ? "" : "tls://") + near);
        where.put("port", port.socket().getLocalPort());
        if (tls != null && tls.authority() != null) {
            where.put("authority", tls.authority().fingerprint().toString());
        }
        return where;
    }

    /** Whether only this machine can connect. */
    boolean isLoopback() {
        return port.socket().getInetAddress().isLoopbackAddress();
    }

    /** Whether the owner, at the Unix socket, can invite other machines, which then log in with their certificates. */
    boolean letsMachinesJoin() {
        return local != null && tls != null && tls.authority() != null;
    }

    List<SocketListener.Endpoint> endpoints() {
        List<SocketListener.Endpoint> all = new ArrayList<>();
        all.add(new SocketListener.Endpoint(port, tls));
        if (local != null) {
            all.add(new SocketListener.Endpoint(local.channel(), null));
        }
        return all;
    }

    @Override
    public String toString() {
        return port.socket().getLocalSocketAddress()
                + (tls == null ? "" : " with TLS")
                + (local == null ? "" : " and " + local.path());
    }

    /** What people should know about the certificate; {@code null} without TLS. */
    @Nullable
    String tlsStatus() {
        return tls == null ? null : tls.status();
    }

    /** Stops to listen; the connections go on. */
    @Override
    public void close() {
        try {
            port.close();
        } catch (IOException e) {
            LOG.log(System.Logger.Level.DEBUG, "closing", e);
        }
        if (tls != null) {
            tls.close();
        }
        if (local != null) {
            local.close();
        }
    }
}
