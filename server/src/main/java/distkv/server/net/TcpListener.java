package distkv.server.net;

import distkv.model.process.VitalThreads;
import distkv.protocol.Etype;
import distkv.protocol.MsgWriter;
import distkv.protocol.Reply;
import distkv.protocol.codec.ReplyEncoder;
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
import java.util.function.Function;

/**
 * The listening socket and the connections that came from it. A virtual thread accepts them; a few
 * {@linkplain EventLoop loops} share them; another virtual thread checks periodically for clients that do not read what
 * is sent to them, and drops these.
 */
public final class TcpListener implements AutoCloseable {
    private static final System.Logger LOG = System.getLogger(TcpListener.class.getName());

    /** One loop for this many processors, since clients and the store need some, too. */
    private static final int PROCESSORS = 2;

    private static final int MAX_LOOPS = 4;

    private final NetContext context;
    private final Function<Connection, RequestHandler> handlers;
    private final ServerSocketChannel socket;
    private final List<EventLoop> loops;
    private final Set<Connection> connections = ConcurrentHashMap.newKeySet();
    private final CountDownLatch closing = new CountDownLatch(1);
    private final Thread acceptor;
    private final Thread watchdog;

    /** How many connections were accepted so far; used by the accepting thread only. */
    private int accepted;

    private TcpListener(
            NetContext context,
            Function<Connection, RequestHandler> handlers,
            ServerSocketChannel socket,
            List<EventLoop> loops) {
        this.context = context;
        this.handlers = handlers;
        this.socket = socket;
        this.loops = loops;
        this.acceptor =
                VitalThreads.virtual("distkv-accept", () -> Acceptor.run("connections", socket::accept, this::serve));
        this.watchdog = VitalThreads.virtual("distkv-watchdog", this::watch);
    }

    /**
     * Starts to accept; the socket is bound already.
     *
     * @param handlers makes the handler of a new connection
     */
    public static TcpListener start(
            NetContext context, Function<Connection, RequestHandler> handlers, ServerSocketChannel socket)
            throws IOException {
        List<EventLoop> loops = new ArrayList<>();
        int count = Math.clamp(Runtime.getRuntime().availableProcessors() / PROCESSORS, 1, MAX_LOOPS);
        for (int i = 0; i < count; i++) {
            loops.add(EventLoop.start());
        }
        TcpListener listener = new TcpListener(context, handlers, socket, loops);
        listener.acceptor.start();
        listener.watchdog.start();
        return listener;
    }

    public int port() {
        return socket.socket().getLocalPort();
    }

    private void serve(SocketChannel channel) throws IOException {
        try {
            channel.setOption(StandardSocketOptions.TCP_NODELAY, true);
            channel.setOption(StandardSocketOptions.SO_KEEPALIVE, true);
            if (connections.size() >= context.maxConnections()) {
                refuse(channel);
                return;
            }
            channel.configureBlocking(false);
            EventLoop loop = loops.get(accepted++ % loops.size());
            Connection connection =
                    new Connection("c" + accepted, channel, loop, context, handlers, connections::remove);
            connections.add(connection);
            connection.start();
        } catch (IOException | RuntimeException e) {
            channel.close();
            throw e;
        }
    }

    private void refuse(SocketChannel channel) throws IOException {
        try (channel) {
            MsgWriter out = new MsgWriter();
            String text = "connections: more than " + context.maxConnections() + " (expected: at most that)";
            new ReplyEncoder(out).write(new Reply.Failed(null, text, Etype.REFUSED, 0));
            out.drainTo(Channels.newOutputStream(channel));
        }
    }

    private void watch() {
        while (!isClosing(context.unreadTimeout().dividedBy(4))) {
            for (Connection connection : connections) {
                if (connection.isStuck()) {
                    LOG.log(
                            System.Logger.Level.WARNING,
                            "dropping a client that has read nothing for {0}",
                            context.unreadTimeout());
                    connection.abort();
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

    /** Takes no more connections and requests, and waits until all requests that have arrived are answered. */
    @Override
    public void close() {
        closing.countDown();
        try {
            socket.close();
        } catch (IOException e) {
            LOG.log(System.Logger.Level.DEBUG, "closing", e);
        }
        join(acceptor);
        connections.forEach(Connection::stop);
        // A client that does not read the last replies within this time does not get them.
        long end = System.nanoTime() + context.unreadTimeout().toNanos();
        for (Connection connection : connections) {
            try {
                if (!connection.awaitEnd(end - System.nanoTime())) {
                    connection.abort();
                    connection.awaitEnd(Long.MAX_VALUE);
                }
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                connection.abort();
            }
        }
        join(watchdog);
        loops.forEach(EventLoop::close);
    }

    private static void join(Thread thread) {
        try {
            thread.join();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
