package distkv.server;

import distkv.model.Path;
import distkv.server.session.Listener;
import distkv.server.session.ServerContext;
import distkv.server.session.WitnessSocket;
import distkv.server.session.WitnessRegistry;
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
    private final Listener listener;

    private Server(
            Store store,
            Replica replica,
            WitnessRegistry witnesses,
            @Nullable WitnessSocket witnessSocket,
            Listener listener) {
        this.store = store;
        this.replica = replica;
        this.witnesses = witnesses;
        this.witnessSocket = witnessSocket;
        this.listener = listener;
    }

    /**
     * Binds the socket, loads the tree and starts to answer.
     *
     * @throws IOException if the address is in use or cannot be bound; the message says which one
     * @throws IllegalArgumentException if it is not an address of the loopback
     */
    public static Server start(ServerOptions options, Store store) throws IOException {
        ServerSocketChannel socket = bind(options);
        try {
            String node = options.node() == null ? store.treeName() : options.node();
            Replica replica = Replica.start(store);
            WitnessRegistry witnesses = new WitnessRegistry(store::revoke, System::nanoTime);
            WitnessSocket witnessSocket =
                    WitnessSocket.open(options.directory(), replica, witnesses, options.maxConnections());
            ServerContext site = new ServerContext(
                    store,
                    replica,
                    node,
                    messageRoot(options),
                    options.limits(),
                    options.patience(),
                    options.maxConnections(),
                    witnesses,
                    witnessSocket == null ? null : witnessSocket.path(),
                    options.memory());
            Listener listener = Listener.start(site, socket);
            LOG.log(
                    System.Logger.Level.INFO,
                    "serving tree {0} as {1} on {2}, revision {3}",
                    store.treeName(),
                    node,
                    socket.getLocalAddress(),
                    replica.snapshot().revision());
            return new Server(store, replica, witnesses, witnessSocket, listener);
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
                    + " (expected: an address of the loopback such as 127.0.0.1, since the server cannot check yet"
                    + " who connects)");
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
     * Takes note of a path that is in use though nothing may be there yet, and of those up to so many levels below it:
     * reading them is no error.
     */
    public void know(Path path, int levels) {
        replica.knowWithBelow(path, levels);
    }

    /** The port it listens on. */
    public int port() {
        return listener.port();
    }

    /**
     * Stops: no more connections and requests are taken, what was asked for is finished and answered, then the
     * connections and the store are closed.
     */
    @Override
    public void close() {
        witnesses.close();
        listener.close();
        if (witnessSocket != null) {
            witnessSocket.close();
        }
        replica.close();
        store.close();
    }
}
