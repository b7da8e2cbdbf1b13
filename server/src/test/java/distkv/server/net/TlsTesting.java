package distkv.server.net;

import distkv.protocol.Etype;
import distkv.protocol.FrameLimits;
import distkv.protocol.Reply;
import distkv.protocol.Request;
import distkv.server.memory.MemoryBudget;
import distkv.server.tls.ServerTls;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.channels.ServerSocketChannel;
import java.nio.file.Path;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.function.Supplier;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.TrustManager;
import javax.net.ssl.X509ExtendedTrustManager;
import org.jspecify.annotations.Nullable;

/** A listener with TLS, whose handler answers every request with who has asked. */
final class TlsTesting implements AutoCloseable {
    final Queue<PeerIdentity> peers = new ConcurrentLinkedQueue<>();
    final MemoryBudget memory = new MemoryBudget(64 << 20);
    final int port;
    private final ServerTls tls;
    private final SocketListener listener;

    TlsTesting(Path directory, Duration handshakeTimeout, SocketListener.Endpoint... others) throws IOException {
        tls = ServerTls.automatic(directory, "house", "127.0.0.1", InetAddress.getLoopbackAddress());
        ServerSocketChannel socket =
                ServerSocketChannel.open().bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 2000);
        port = socket.socket().getLocalPort();
        NetContext context = new NetContext(
                FrameLimits.DEFAULT,
                Duration.ofSeconds(20),
                handshakeTimeout,
                5_000,
                new LogInLimits(64 * 1024, Duration.ofSeconds(20), 5_000),
                memory,
                new MemoryBudget(16 << 20),
                () -> 0);
        var endpoints = new ArrayList<>(List.of(others));
        endpoints.add(new SocketListener.Endpoint(socket, tls));
        listener = SocketListener.start(context, this::handler, endpoints);
    }

    private RequestHandler handler(Connection connection) {
        peers.add(connection.peer());
        return new RequestHandler() {
            @Override
            public Reply.Greeting open() {
                return new Reply.Greeting("echo", List.of(0, 65, 0), 0, 0, 0, List.of(), List.of());
            }

            @Override
            public boolean isLoggedIn() {
                return true;
            }

            @Override
            public boolean isImmediate(Request request) {
                return true;
            }

            @Override
            public void handle(Request request) {
                connection.output().write(new Reply.Failed(request.seq(), "heard", Etype.OTHER, 0));
            }

            @Override
            public Supplier<@Nullable String> denial(Request request) {
                return () -> null;
            }

            @Override
            public void close() {}
        };
    }

    /** For clients that believe everybody: whom they should believe is tested in the room client. */
    static SSLContext credulous() throws Exception {
        SSLContext context = SSLContext.getInstance("TLSv1.3");
        context.init(null, new TrustManager[] {new Credulous()}, null);
        return context;
    }

    Socket connect() throws IOException {
        return new Socket(InetAddress.getLoopbackAddress(), port);
    }

    @Override
    public void close() {
        listener.close();
        tls.close();
    }

    private static final class Credulous extends X509ExtendedTrustManager {
        @Override
        public void checkClientTrusted(X509Certificate[] chain, String type, Socket socket) {}

        @Override
        public void checkServerTrusted(X509Certificate[] chain, String type, Socket socket) {}

        @Override
        public void checkClientTrusted(X509Certificate[] chain, String type, SSLEngine engine) {}

        @Override
        public void checkServerTrusted(X509Certificate[] chain, String type, SSLEngine engine) {}

        @Override
        public void checkClientTrusted(X509Certificate[] chain, String type) {}

        @Override
        public void checkServerTrusted(X509Certificate[] chain, String type) {}

        @Override
        public X509Certificate[] getAcceptedIssuers() {
            return new X509Certificate[0];
        }
    }
}
