package distkv.bench.load;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.StandardSocketOptions;
import java.nio.ByteBuffer;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.channels.SocketChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.cert.CertificateFactory;
import java.time.Duration;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.SSLEngineResult.HandshakeStatus;
import javax.net.ssl.SSLEngineResult.Status;
import javax.net.ssl.SSLParameters;
import javax.net.ssl.TrustManagerFactory;

/** Many connections with TLS, one request in flight on each, driven by the calling thread: the same for every server. */
public final class TlsLoad implements AutoCloseable {
    /** Finds replies. */
    public interface Replies {
        /** Where the first reply ends that begins at {@code from}, or -1 if it is not complete. */
        int end(byte[] bytes, int from, int to);
    }

    /** Replies to GET of Redis: a value of 50 bytes. */
    public static final Replies REDIS = (bytes, from, to) -> to - from >= 57 ? from + 57 : -1;

    private static final String[] CIPHERS = {"TLS_AES_128_GCM_SHA256"};
    private static final int ROOM = 1 << 15;

    private final Selector selector = Selector.open();
    private final SSLContext context;
    private long count;

    /** @param authority a PEM file with the authority of the servers */
    public TlsLoad(Path authority) throws IOException {
        try (var in = Files.newInputStream(authority)) {
            KeyStore trusted = KeyStore.getInstance("PKCS12");
            trusted.load(null, null);
            trusted.setCertificateEntry(
                    "authority", CertificateFactory.getInstance("X.509").generateCertificate(in));
            TrustManagerFactory factory = TrustManagerFactory.getInstance("PKIX");
            factory.init(trusted);
            context = SSLContext.getInstance("TLSv1.3");
            context.init(null, factory.getTrustManagers(), null);
        } catch (GeneralSecurityException e) {
            throw new IOException(e);
        }
    }

    /** Replies to MsgPack requests of ours. */
    public static Replies messages() {
        MessageScanner scanner = new MessageScanner();
        return (bytes, from, to) -> scanner.read(bytes, from, to) ? scanner.end() : -1;
    }

    private final class Member {
        private final SocketChannel channel;
        private final SSLEngine engine;
        private final Requests.Talk talk;
        private final Replies replies;
        private final MsgPackBuffer request = new MsgPackBuffer();
        private final ByteBuffer in = ByteBuffer.allocate(ROOM).flip();
        private final ByteBuffer plain = ByteBuffer.allocate(ROOM);
        private final ByteBuffer out = ByteBuffer.allocate(ROOM);
        private long number;
        /** How many more messages come that no request has asked for: a greeting. */
        private int unasked;

        Member(InetSocketAddress server, Requests.Talk talk, Replies replies, int unasked) throws IOException {
            this.talk = talk;
            this.replies = replies;
            this.unasked = unasked;
            channel = SocketChannel.open(server);
            channel.setOption(StandardSocketOptions.TCP_NODELAY, true);
            engine = context.createSSLEngine("localhost", server.getPort());
            engine.setUseClientMode(true);
            SSLParameters parameters = engine.getSSLParameters();
            parameters.setCipherSuites(CIPHERS);
            engine.setSSLParameters(parameters);
            open();
            channel.configureBlocking(false);
            channel.register(selector, SelectionKey.OP_READ, this);
            if (unasked == 0) {
                ask();
            }
        }

        private void open() throws IOException {
            engine.beginHandshake();
            while (engine.getHandshakeStatus() != HandshakeStatus.NOT_HANDSHAKING) {
                switch (engine.getHandshakeStatus()) {
                    case NEED_TASK -> engine.getDelegatedTask().run();
                    case NEED_WRAP -> wrap(ByteBuffer.allocate(0));
                    default -> {
                        if (engine.unwrap(in, plain).getStatus() == Status.BUFFER_UNDERFLOW) {
                            fill();
                        }
                    }
                }
            }
        }

        private void wrap(ByteBuffer source) throws IOException {
            engine.wrap(source, out.clear());
            out.flip();
            while (out.hasRemaining()) {
                // A request is small, so the socket takes it.
                channel.write(out);
            }
        }

        private void fill() throws IOException {
            in.compact();
            int read = channel.read(in);
            in.flip();
            if (read < 0) {
                throw new IOException("the server closed a connection");
            }
        }

        private void ask() throws IOException {
            talk.write(request.clear(), ++number);
            wrap(ByteBuffer.wrap(request.bytes(), 0, request.length()));
        }

        void receive() throws IOException {
            fill();
            Status status = Status.OK;
            while (status == Status.OK && in.hasRemaining()) {
                status = engine.unwrap(in, plain).getStatus();
            }
            int from = 0;
            for (int end = end(from); end >= 0; end = end(from)) {
                from = end;
                if (unasked > 0) {
                    unasked--;
                } else {
                    count++;
                }
                ask();
            }
            plain.flip().position(from);
            plain.compact();
        }

        private int end(int from) {
            return from == plain.position() ? -1 : replies.end(plain.array(), from, plain.position());
        }
    }

    /**
     * Replies per second.
     *
     * @param greetings how many messages the server sends first
     */
    public double closedLoop(
            InetSocketAddress server,
            int connections,
            Requests.Talk talk,
            Replies replies,
            int greetings,
            Duration time)
            throws IOException {
        Member[] members = new Member[connections];
        try {
            for (int i = 0; i < connections; i++) {
                members[i] = new Member(server, talk, replies, greetings);
            }
            count = 0;
            long start = System.nanoTime();
            long end = start + time.toNanos();
            while (System.nanoTime() < end) {
                selector.select();
                for (SelectionKey key : selector.selectedKeys()) {
                    ((Member) key.attachment()).receive();
                }
                selector.selectedKeys().clear();
            }
            return LoadGenerator.rate(count, start);
        } finally {
            for (Member member : members) {
                if (member != null) {
                    member.channel.close();
                }
            }
            selector.selectNow();
        }
    }

    @Override
    public void close() throws IOException {
        selector.close();
    }
}
