package distkv.server;

import distkv.model.Path;
import distkv.protocol.FrameLimits;
import distkv.protocol.tls.Fingerprint;
import distkv.server.access.AccessControl;
import distkv.server.audit.AuditFiles;
import distkv.server.audit.AuditLog;
import distkv.server.copy.CopyRole;
import distkv.server.memory.MemoryBudget;
import distkv.server.memory.MemoryLimits;
import distkv.server.message.MessageHub;
import distkv.server.message.TopicPattern;
import distkv.server.net.LogInLimits;
import distkv.server.net.NetContext;
import distkv.server.net.SocketListener;
import distkv.server.node.NodeService;
import distkv.server.node.ReachableAddress;
import distkv.server.replication.CopyService;
import distkv.server.request.CpuBoundExecutor;
import distkv.server.request.RequestDispatcher;
import distkv.server.request.ServerContext;
import distkv.server.request.WriterRegistry;
import distkv.server.session.SessionContext;
import distkv.server.session.SessionRecords;
import distkv.server.session.WitnessRegistry;
import distkv.server.session.WitnessSocket;
import distkv.server.tls.Authority;
import distkv.server.tls.ServerTls;
import distkv.server.tree.Replica;
import distkv.store.Store;
import distkv.store.StoreException;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** A running server. It owns its store: closing the server closes the store. */
public final class Server implements AutoCloseable {
    private static final System.Logger LOG = System.getLogger(Server.class.getName());
    private static final Duration HANDSHAKE_TIMEOUT = Duration.ofSeconds(10);

    private final Store store;
    private final Replica replica;
    private final WitnessRegistry witnesses;
    private final @Nullable WitnessSocket witnessSocket;
    private final CpuBoundExecutor executor;
    private final ServerSockets sockets;
    private final SocketListener listener;
    private final @Nullable AuditFiles audit;

    private Server(
            Store store,
            Replica replica,
            WitnessRegistry witnesses,
            @Nullable WitnessSocket witnessSocket,
            CpuBoundExecutor executor,
            ServerSockets sockets,
            SocketListener listener,
            @Nullable AuditFiles audit) {
        this.store = store;
        this.replica = replica;
        this.witnesses = witnesses;
        this.witnessSocket = witnessSocket;
        this.executor = executor;
        this.sockets = sockets;
        this.listener = listener;
        this.audit = audit;
    }

    /**
     * Binds the sockets, loads the tree and starts to answer.
     *
     * @throws NobodyCanLogInException if other machines could connect, and nobody there could log in
     * @throws IOException if an address is in use or cannot be bound, or a certificate cannot be used; the message names it
     * @throws IllegalArgumentException if it is not permitted to listen there
     */
    public static Server start(ServerOptions options, Store store) throws IOException {
        return start(options, store, CopyRole.MAIN);
    }

    /** Like {@link #start(ServerOptions, Store)}, as the main server of copies, or as one of them. */
    public static Server start(ServerOptions options, Store store, CopyRole role) throws IOException {
        return start(options, store, LogInLimits.DEFAULT, role);
    }

    static Server start(ServerOptions options, Store store, LogInLimits logIns) throws IOException {
        return start(options, store, logIns, CopyRole.MAIN);
    }

    private static Server start(ServerOptions options, Store opened, LogInLimits logIns, CopyRole role)
            throws IOException {
        CopyService copies = new CopyService(opened, role);
        Store store = copies.synced(opened);
        String node = options.node() == null ? store.treeName() : options.node();
        ServerSockets sockets = ServerSockets.bind(options, node);
        AuditFiles audit = options.directory() == null ? null : AuditFiles.open(options.directory());
        try {
            MemoryLimits memory = options.memory();
            FrameLimits limits = memory.limits(options.limits());
            Replica replica = Replica.start(store);
            SessionRecords records = new SessionRecords(replica);
            WitnessRegistry witnesses = new WitnessRegistry(store::revoke, System::nanoTime);
            WitnessSocket witnessSocket =
                    WitnessSocket.open(options.directory(), records, witnesses, options.maxConnections());
            CpuBoundExecutor executor = new CpuBoundExecutor();
            List<String> messageRoot = messageRoot(options);
            AccessControl access = new AccessControl(
                    replica,
                    store,
                    records,
                    options.prefixes(),
                    topic -> TopicPattern.rooted(messageRoot, topic),
                    options.open(),
                    options.tls() instanceof ServerOptions.Tls.Automatic,
                    audit == null ? AuditLog.NONE : audit);
            if (!options.open() && !sockets.isLoopback() && !sockets.letsMachinesJoin() && !access.canAnybodyLogIn()) {
                replica.close();
                throw new NobodyCanLogInException(options.host(), options.port());
            }
            endSessionsOfRevokedNodes(access, records, store);
            ServerContext context = new ServerContext(
                    store,
                    replica,
                    new MessageHub(),
                    new WriterRegistry(store),
                    new SessionContext(store, replica, records, witnesses, path(witnessSocket), memory),
                    node,
                    messageRoot,
                    limits,
                    memory,
                    sockets::tlsStatus,
                    sockets.nearby(),
                    executor,
                    access,
                    nodes(store, replica, access, sockets),
                    copies);
            SocketListener listener = SocketListener.start(
                    net(options, logIns, replica),
                    connection -> new RequestDispatcher(context, connection),
                    sockets.endpoints());
            LOG.log(
                    System.Logger.Level.INFO,
                    "serving tree {0} as {1} on {2}, revision {3}",
                    store.treeName(),
                    node,
                    sockets,
                    replica.snapshot().revision());
            return new Server(store, replica, witnesses, witnessSocket, executor, sockets, listener, audit);
        } catch (IOException | RuntimeException | Error e) {
            sockets.close();
            if (audit != null) {
                audit.close();
            }
            throw e;
        }
    }

    private static NetContext net(ServerOptions options, LogInLimits logIns, Replica replica) {
        MemoryLimits memory = options.memory();
        return new NetContext(
                memory.limits(options.limits()),
                options.unreadTimeout(),
                HANDSHAKE_TIMEOUT,
                options.maxConnections(),
                logIns,
                new MemoryBudget(memory.connections()),
                new MemoryBudget(memory.streams()),
                () -> replica.snapshot().tock());
    }

    /** Now, in case that the server died before it was done, and whenever something has changed. */
    private static void endSessionsOfRevokedNodes(AccessControl access, SessionRecords records, Store store) {
        Runnable end = () -> {
            try {
                records.ofNodesExcept(access::isNode).forEach(store::revoke);
            } catch (StoreException e) {
                LOG.log(System.Logger.Level.DEBUG, "the store has stopped", e);
            }
        };
        access.whenChanged(end);
        end.run();
    }

    private static NodeService nodes(Store store, Replica replica, AccessControl access, ServerSockets sockets) {
        ServerTls tls = sockets.tls();
        return new NodeService(
                store,
                replica,
                access,
                tls == null ? null : tls.authority(),
                new ReachableAddress(
                        sockets.host(),
                        sockets.address(),
                        sockets.port().socket().getLocalPort()),
                tls != null);
    }

    private static @Nullable String path(@Nullable WitnessSocket witnesses) {
        return witnesses == null ? null : witnesses.path();
    }

    private static List<String> messageRoot(ServerOptions options) {
        return options.messageRoot().elements().stream().map(Object::toString).toList();
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
        return sockets.port().socket().getLocalPort();
    }

    /** The fingerprint of its own authority; {@code null} if it has none. */
    public @Nullable Fingerprint authority() {
        ServerTls tls = sockets.tls();
        Authority own = tls == null ? null : tls.authority();
        return own == null ? null : own.fingerprint();
    }

    /** The path of its Unix socket; {@code null} if it has none. */
    public java.nio.file.@Nullable Path socketPath() {
        return sockets.local() == null ? null : sockets.local().path();
    }

    /**
     * Stops: takes no more connections and requests, answers the requests that have arrived, then closes the connections
     * and the store.
     */
    @Override
    public void close() {
        witnesses.close();
        sockets.close();
        listener.close();
        executor.close();
        if (witnessSocket != null) {
            witnessSocket.close();
        }
        replica.close();
        store.close();
        if (audit != null) {
            audit.close();
        }
    }
}
