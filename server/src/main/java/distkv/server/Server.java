package distkv.server;

import distkv.model.Path;
import distkv.protocol.FrameLimits;
import distkv.server.access.AccessControl;
import distkv.server.memory.MemoryBudget;
import distkv.server.memory.MemoryLimits;
import distkv.server.message.MessageHub;
import distkv.server.net.NetContext;
import distkv.server.net.TcpListener;
import distkv.server.request.CpuBoundExecutor;
import distkv.server.request.RequestDispatcher;
import distkv.server.request.ServerContext;
import distkv.server.request.WriterRegistry;
import distkv.server.session.SessionContext;
import distkv.server.session.SessionRecords;
import distkv.server.session.WitnessRegistry;
import distkv.server.session.WitnessSocket;
import distkv.server.tree.Replica;
import distkv.store.Store;
import java.io.IOException;
import java.net.BindException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.StandardSocketOptions;
import java.net.UnknownHostException;
import java.nio.channels.ServerSocketChannel;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** A running server. It owns its store: closing the server closes the store. */
public final class Server implements AutoCloseable {
    private static final System.Logger LOG = System.getLogger(Server.class.getName());
    private static final int BACKLOG = 512;

    private final Store store;
    private final Replica replica;
    private final WitnessRegistry witnesses;
    private final @Nullable WitnessSocket witnessSocket;
    private final CpuBoundExecutor executor;
    private final TcpListener listener;

    private Server(
            Store store,
            Replica replica,
            WitnessRegistry witnesses,
            @Nullable WitnessSocket witnessSocket,
            CpuBoundExecutor executor,
            TcpListener listener) {
        this.store = store;
        this.replica = replica;
        this.witnesses = witnesses;
        this.witnessSocket = witnessSocket;
        this.executor = executor;
        this.listener = listener;
    }

    /**
     * Binds the socket, loads the tree and starts to answer.
     *
     * @throws IOException if the address is in use or cannot be bound; the message names it
     * @throws IllegalArgumentException if it is not a loopback address
     */
    public static Server start(ServerOptions options, Store store) throws IOException {
        ServerSocketChannel socket = bind(options);
        try {
            String node = options.node() == null ? store.treeName() : options.node();
            MemoryLimits memory = options.memory();
            FrameLimits limits = memory.limits(options.limits());
            Replica replica = Replica.start(store);
            SessionRecords records = new SessionRecords(replica);
            WitnessRegistry witnesses = new WitnessRegistry(store::revoke, System::nanoTime);
            WitnessSocket witnessSocket =
                    WitnessSocket.open(options.directory(), records, witnesses, options.maxConnections());
            String witnessPath = witnessSocket == null ? null : witnessSocket.path();
            CpuBoundExecutor executor = new CpuBoundExecutor();
            AccessControl access = new AccessControl(replica, options.prefixes(), options.open());
            ServerContext context = new ServerContext(
                    store,
                    replica,
                    new MessageHub(),
                    new WriterRegistry(store),
                    new SessionContext(store, replica, records, witnesses, witnessPath, memory),
                    node,
                    messageRoot(options),
                    limits,
                    memory,
                    executor,
                    access);
            NetContext net = new NetContext(
                    limits,
                    options.unreadTimeout(),
                    options.maxConnections(),
                    new MemoryBudget(memory.connections()),
                    new MemoryBudget(memory.streams()),
                    () -> replica.snapshot().tock());
            TcpListener listener =
                    TcpListener.start(net, connection -> new RequestDispatcher(context, connection), socket);
            LOG.log(
                    System.Logger.Level.INFO,
                    "serving tree {0} as {1} on {2}, revision {3}",
                    store.treeName(),
                    node,
                    socket.getLocalAddress(),
                    replica.snapshot().revision());
            return new Server(store, replica, witnesses, witnessSocket, executor, listener);
        } catch (IOException | RuntimeException | Error e) {
            socket.close();
            throw e;
        }
    }

    private static List<String> messageRoot(ServerOptions options) {
        return options.messageRoot().elements().stream().map(Object::toString).toList();
    }

    private static ServerSocketChannel bind(ServerOptions options) throws IOException {
        InetAddress address;
        try {
            address = InetAddress.getByName(options.host());
        } catch (UnknownHostException e) {
            throw new IOException("host " + options.host() + " is unknown (expected: 127.0.0.1, ::1 or localhost)", e);
        }
        if (!address.isLoopbackAddress()) {
            throw new IllegalArgumentException("host: " + options.host()
                    + " (expected: a loopback address such as 127.0.0.1, since the server does not authenticate"
                    + " clients)");
        }
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

    /**
     * Makes a path known that is in use although it may have no entry yet, and all paths up to this many levels below it:
     * reading them is no error.
     */
    public void makeKnown(Path path, int levels) {
        replica.makeKnownWithBelow(path, levels);
    }

    /** The port it listens on. */
    public int port() {
        return listener.port();
    }

    /**
     * Stops: takes no more connections and requests, answers the requests that have arrived, then closes the connections
     * and the store.
     */
    @Override
    public void close() {
        witnesses.close();
        listener.close();
        executor.close();
        if (witnessSocket != null) {
            witnessSocket.close();
        }
        replica.close();
        store.close();
    }
}
