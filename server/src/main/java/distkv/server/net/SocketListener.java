package distkv.server.net;

import distkv.model.process.VitalThreads;
import distkv.protocol.Etype;
import distkv.protocol.MsgWriter;
import distkv.protocol.Reply;
import distkv.protocol.codec.ReplyEncoder;
import distkv.server.memory.MemoryBudget;
import java.io.Closeable;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.StandardSocketOptions;
import java.nio.channels.Channels;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Function;
import jdk.net.ExtendedSocketOptions;
import org.jspecify.annotations.Nullable;

/**
 * The listening sockets and the connections that came from them. A virtual thread accepts those of each socket; a few
 * {@linkplain EventLoop loops} share all of them; another virtual thread checks periodically for clients that do not read
 * what is sent to them, or do not finish their handshake, and drops these.
 */
public final class SocketListener implements AutoCloseable {
    private static final System.Logger LOG = System.getLogger(SocketListener.class.getName());

    /** One loop for this many processors, since clients and the store need some, too. */
    private static final int PROCESSORS = 2;

    private static final int MAX_LOOPS = 4;

    /**
     * A listening socket, which is bound already.
     *
     * @param tls for connections with TLS; {@code null} for those without
     */
    public record Endpoint(
            ServerSocketChannel socket, @Nullable TlsEngines tls) {}

    private final NetContext context;
    private final Function<Connection, RequestHandler> handlers;
    private final List<Endpoint> endpoints;
    private final List<EventLoop> loops;
    private final BufferPool buffers = new BufferPool(TlsTransport.BUFFER);
    private final RefusalLog refusals = new RefusalLog();
    private final PendingLogIns logIns;
    /** Computes for handshakes; its queue needs no bound of its own, as each handshake is in it once. */
    private final ExecutorService computer;

    private final Set<Connection> connections = ConcurrentHashMap.newKeySet();
    private final Set<TlsHandshake> handshakes = ConcurrentHashMap.newKeySet();
    private final CountDownLatch closing = new CountDownLatch(1);
    private final List<Thread> acceptors = new ArrayList<>();
    private final Thread watchdog;

    /** How many connections were accepted so far. */
    private final AtomicInteger accepted = new AtomicInteger();

    private SocketListener(
            NetContext context,
            Function<Connection, RequestHandler> handlers,
            List<Endpoint> endpoints,
            List<EventLoop> loops) {
        this.context = context;
        this.handlers = handlers;
        this.endpoints = List.copyOf(endpoints);
        this.loops = loops;
        this.logIns = new PendingLogIns(context.logIns(), refusals);
        this.computer =
                Executors.newFixedThreadPool(loops.size(), work -> VitalThreads.platform("distkv-handshake", work));
        for (Endpoint endpoint : endpoints) {
            acceptors.add(VitalThreads.virtual(
                    "distkv-accept",
                    () -> Acceptor.run("connections", endpoint.socket()::accept, channel -> serve(endpoint, channel))));
        }
        this.watchdog = VitalThreads.virtual("distkv-watchdog", this::watch);
    }

    /**
     * Starts to accept.
     *
     * @param handlers makes the handler of a new connection
     */
    public static SocketListener start(
            NetContext context, Function<Connection, RequestHandler> handlers, List<Endpoint> endpoints)
            throws IOException {
        List<EventLoop> loops = new ArrayList<>();
        int count = Math.clamp(Runtime.getRuntime().availableProcessors() / PROCESSORS, 1, MAX_LOOPS);
        for (int i = 0; i < count; i++) {
            loops.add(EventLoop.start());
        }
        SocketListener listener = new SocketListener(context, handlers, endpoints, loops);
        listener.acceptors.forEach(Thread::start);
        listener.watchdog.start();
        return listener;
    }

    private void serve(Endpoint endpoint, SocketChannel channel) throws IOException {
        try {
            PeerIdentity peer = peer(endpoint, channel);
            if (connections.size() + handshakes.size() >= context.maxConnections()) {
                refuse(endpoint, channel);
                return;
            }
            channel.configureBlocking(false);
            int number = accepted.incrementAndGet();
            EventLoop loop = loops.get(Math.floorMod(number, loops.size()));
            PendingLogIns.Pending pending = logIns.admit(peer);
            try {
                if (endpoint.tls() == null) {
                    open("c" + number, new PlainTransport(channel), peer, loop, pending);
                } else {
                    shakeHands("c" + number, endpoint.tls(), channel, loop, pending);
                }
            } catch (IOException | RuntimeException e) {
                pending.done();
                throw e;
            }
        } catch (IOException | RuntimeException e) {
            channel.close();
            throw e;
        }
    }

    private static PeerIdentity peer(Endpoint endpoint, SocketChannel channel) throws IOException {
        if (!(channel.getRemoteAddress() instanceof InetSocketAddress address)) {
            return new PeerIdentity.Local(
                    channel.getOption(ExtendedSocketOptions.SO_PEERCRED).user());
        }
        channel.setOption(StandardSocketOptions.TCP_NODELAY, true);
        channel.setOption(StandardSocketOptions.SO_KEEPALIVE, true);
        return endpoint.tls() == null ? new PeerIdentity.Tcp(address) : new PeerIdentity.Tls(address, null);
    }

    private Connection open(
            String name, Transport transport, PeerIdentity peer, EventLoop loop, PendingLogIns.Pending pending) {
        Connection connection = new Connection(name, transport, peer, loop, context, handlers, pending::done, ended -> {
            pending.done();
            connections.remove(ended);
        });
        connections.add(connection);
        pending.connection(connection::dismiss);
        if (closing.getCount() == 0) {
            connection.stop();
        }
        connection.start();
        return connection;
    }

    private void shakeHands(
            String name, TlsEngines tls, SocketChannel channel, EventLoop loop, PendingLogIns.Pending pending)
            throws IOException {
        InetSocketAddress address = (InetSocketAddress) channel.getRemoteAddress();
        // What to give up when the memory of its buffers is needed: the handshake, and then the connection.
        AtomicReference<Runnable> drop = new AtomicReference<>(() -> {});
        MemoryBudget.Share memory = context.memory()
                .open(() ->
                        loop.execute(() -> Objects.requireNonNull(drop.get()).run()));
        TlsTransport transport = new TlsTransport(channel, tls.engine(), buffers, memory);
        TlsHandshake handshake = new TlsHandshake(
                transport,
                loop,
                context.handshakeTimeout(),
                computer,
                (done, certificate) -> {
                    drop.set(open(name, transport, new PeerIdentity.Tls(address, certificate), loop, pending)::abort);
                    handshakes.remove(done);
                },
                (failed, reason) -> {
                    handshakes.remove(failed);
                    pending.done();
                    refusals.failed(new PeerIdentity.Tcp(address), reason);
                });
        drop.set(handshake::abort);
        handshakes.add(handshake);
        pending.handshake(_ -> handshake.abort());
        handshake.start();
    }

    private void refuse(Endpoint endpoint, SocketChannel channel) throws IOException {
        try (channel) {
            if (endpoint.tls() != null) {
                // A reason could be said after a handshake only, which is what is to be saved.
                return;
            }
            MsgWriter out = new MsgWriter();
            String text = "connections: more than " + context.maxConnections() + " (expected: at most that)";
            new ReplyEncoder(out).write(new Reply.Failed(null, text, Etype.REFUSED, 0));
            out.drainTo(Channels.newOutputStream(channel));
        }
    }

    private void watch() {
        Duration pause = context.logIns().timeout().dividedBy(10);
        Duration shorter = context.unreadTimeout().dividedBy(4);
        while (!isClosing(pause.compareTo(shorter) < 0 ? pause : shorter)) {
            handshakes.forEach(TlsHandshake::checkTime);
            logIns.checkTime();
            for (Connection connection : connections) {
                if (connection.isStuck()) {
                    LOG.log(
                            System.Logger.Level.WARNING,
                            "dropping a client that has read nothing for {0}: {1}",
                            context.unreadTimeout(),
                            connection.peer());
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
        endpoints.forEach(endpoint -> closeQuietly(endpoint.socket()));
        acceptors.forEach(SocketListener::join);
        handshakes.forEach(TlsHandshake::abort);
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
        computer.shutdown();
        loops.forEach(EventLoop::close);
    }

    private static void closeQuietly(Closeable channel) {
        try {
            channel.close();
        } catch (IOException e) {
            LOG.log(System.Logger.Level.DEBUG, "closing", e);
        }
    }

    private static void join(Thread thread) {
        try {
            thread.join();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
