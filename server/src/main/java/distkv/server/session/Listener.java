package distkv.server.session;

import distkv.protocol.Etype;
import distkv.protocol.MsgWriter;
import distkv.protocol.Reply;
import distkv.protocol.ReplyEncoder;
import java.io.IOException;
import java.net.ServerSocket;
import java.net.Socket;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/**
 * The listening socket and the connections that came from it. One virtual thread accepts; each connection has its own
 * two; one more looks now and then for clients that do not read what is sent to them, and drops these.
 */
public final class Listener implements AutoCloseable {
    private static final System.Logger LOG = System.getLogger(Listener.class.getName());

    /** How long to wait after a failed accept: the reason, mostly too many open files, does not go away at once. */
    private static final Duration PAUSE = Duration.ofMillis(50);

    private final Site site;
    private final ServerSocket socket;
    private final Map<Session, Thread> sessions = new ConcurrentHashMap<>();
    private final CountDownLatch closing = new CountDownLatch(1);
    private final Thread acceptor;
    private final Thread watchdog;

    private Listener(Site site, ServerSocket socket) {
        this.site = site;
        this.socket = socket;
        this.acceptor = Thread.ofVirtual().name("distkv-accept").unstarted(this::accept);
        this.watchdog = Thread.ofVirtual().name("distkv-watchdog").unstarted(this::watch);
    }

    /** Starts to accept; the socket is bound already. */
    public static Listener start(Site site, ServerSocket socket) {
        Listener listener = new Listener(site, socket);
        listener.acceptor.start();
        listener.watchdog.start();
        return listener;
    }

    public int port() {
        return socket.getLocalPort();
    }

    private void accept() {
        while (!isClosing(Duration.ZERO)) {
            try {
                serve(socket.accept());
            } catch (IOException e) {
                if (!isClosing(PAUSE)) {
                    LOG.log(System.Logger.Level.WARNING, "cannot accept a connection", e);
                }
            }
        }
    }

    private void serve(Socket connection) throws IOException {
        try {
            connection.setTcpNoDelay(true);
            connection.setKeepAlive(true);
            if (sessions.size() >= site.maxConnections()) {
                refuse(connection);
                return;
            }
            Session session = new Session(connection, site);
            Thread reader = Thread.ofVirtual().name("distkv-reader").unstarted(() -> {
                try {
                    session.run();
                } finally {
                    sessions.remove(session);
                }
            });
            sessions.put(session, reader);
            reader.start();
        } catch (IOException | RuntimeException e) {
            connection.close();
            throw e;
        }
    }

    private void refuse(Socket connection) throws IOException {
        try (connection) {
            MsgWriter out = new MsgWriter();
            String text = "connections: more than " + site.maxConnections() + " (expected: at most that)";
            new ReplyEncoder(out).write(new Reply.Failed(null, text, Etype.REFUSED, 0));
            out.drainTo(connection.getOutputStream());
        }
    }

    private void watch() {
        while (!isClosing(site.patience().dividedBy(4))) {
            for (Session session : sessions.keySet()) {
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
        sessions.keySet().forEach(Session::stop);
        // Whoever does not read the last replies within this time does not get them.
        long end = System.nanoTime() + site.patience().toNanos();
        for (Map.Entry<Session, Thread> session : sessions.entrySet()) {
            try {
                if (!session.getValue().join(Duration.ofNanos(Math.max(1, end - System.nanoTime())))) {
                    session.getKey().abort();
                    session.getValue().join();
                }
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                session.getKey().abort();
            }
        }
        join(watchdog);
    }

    private static void join(Thread thread) {
        try {
            thread.join();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
