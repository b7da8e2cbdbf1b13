package distkv.server.session;

import distkv.protocol.Etype;
import distkv.protocol.MsgWriter;
import distkv.protocol.Reply;
import distkv.protocol.ReplyEncoder;
import distkv.store.VitalThreads;
import java.io.IOException;
import java.net.StandardSocketOptions;
import java.nio.channels.Channels;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/**
 * The listening socket and the connections that came from it. One virtual thread accepts; a few {@linkplain EventLoop loops}
 * share the connections; one more virtual thread looks now and then for clients that do not read what is sent to them,
 * and drops these.
 */
public final class Listener implements AutoCloseable {
    private static final System.Logger LOG = System.getLogger(Listener.class.getName());

    /** One loop for so many processors, as clients and the store need some too. */
    private static final int PROCESSORS = 2;

    private static final int MAX_LOOPS = 4;

    private final ServerContext site;
    private final ServerSocketChannel socket;
    private final List<EventLoop> loops;
    private final Set<Connection> sessions = ConcurrentHashMap.newKeySet();
    private final CountDownLatch closing = new CountDownLatch(1);
    private final Thread acceptor;
    private final Thread watchdog;

    /** How many connections there were; only the accepting thread uses it. */
    private int accepted;

    private Listener(ServerContext site, ServerSocketChannel socket, List<EventLoop> loops) {
        this.site = site;
        this.socket = socket;
        this.loops = loops;
        this.acceptor = VitalThreads.virtual("distkv-accept", () -> Acceptor.run("connections", socket::accept, this::serve));
        this.watchdog = VitalThreads.virtual("distkv-watchdog", this::watch);
    }

    /** Starts to accept; the socket is bound already. */
    public static Listener start(ServerContext site, ServerSocketChannel socket) throws IOException {
        List<EventLoop> loops = new ArrayList<>();
        int count = Math.clamp(Runtime.getRuntime().availableProcessors() / PROCESSORS, 1, MAX_LOOPS);
        for (int i = 0; i < count; i++) {
            loops.add(EventLoop.start());
        }
        Listener listener = new Listener(site, socket, loops);
        listener.acceptor.start();
        listener.watchdog.start();
        return listener;
    }

    public int port() {
        return socket.socket().getLocalPort();
    }

    private void serve(SocketChannel connection) throws IOException {
        try {
            connection.setOption(StandardSocketOptions.TCP_NODELAY, true);
            connection.setOption(StandardSocketOptions.SO_KEEPALIVE, true);
            if (sessions.size() >= site.maxConnections()) {
                refuse(connection);
                return;
            }
            connection.configureBlocking(false);
            EventLoop loop = loops.get(accepted++ % loops.size());
            Connection session = new Connection(connection, loop, site, sessions::remove);
            sessions.add(session);
            session.start();
        } catch (IOException | RuntimeException e) {
            connection.close();
            throw e;
        }
    }

    private void refuse(SocketChannel connection) throws IOException {
        try (connection) {
            MsgWriter out = new MsgWriter();
            String text = "connections: more than " + site.maxConnections() + " (expected: at most that)";
            new ReplyEncoder(out).write(new Reply.Failed(null, text, Etype.REFUSED, 0));
            out.drainTo(Channels.newOutputStream(connection));
        }
    }

    private void watch() {
        while (!isClosing(site.patience().dividedBy(4))) {
            for (Connection session : sessions) {
                if (session.isStuck()) {
                    LOG.log(
                            System.Logger.Level.WARNING,
                            "dropping a client that has read nothing for {0}",
                            site.patience());
                    session.abort();
                }
            }
        }
    }

    /** Waits until the listener closes, at most this long. */
    private boolean isClosing(Duration atMost) {
        try {
            return closing.await(atMost.toNanos(), TimeUnit.NANOSECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return true;
        }
    }

    /** Takes no more connections and requests, and waits until all requests that came are answered. */
    @Override
    public void close() {
        closing.countDown();
        try {
            socket.close();
        } catch (IOException e) {
            LOG.log(System.Logger.Level.DEBUG, "closing", e);
        }
        join(acceptor);
        sessions.forEach(Connection::stop);
        // Whoever does not read the last replies within this time does not get them.
        long end = System.nanoTime() + site.patience().toNanos();
        for (Connection session : sessions) {
            try {
                if (!session.awaitEnd(end - System.nanoTime())) {
                    session.abort();
                    session.awaitEnd(Long.MAX_VALUE);
                }
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                session.abort();
            }
        }
        join(watchdog);
        loops.forEach(EventLoop::close);
        site.work().close();
    }

    private static void join(Thread thread) {
        try {
            thread.join();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
