package distkv.server;

import distkv.store.Store;
import distkv.store.engine.MemoryStore;
import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** A server over a store in memory, and as many clients as a test wants. */
final class ServerFixture implements AutoCloseable {
    static final ServerOptions OPTIONS =
            ServerOptions.defaults().at("127.0.0.1", 0).open(true);

    final Server server;
    private final List<WireClient> wires = new ArrayList<>();

    ServerFixture() throws IOException {
        this(OPTIONS, new MemoryStore("tree"));
    }

    ServerFixture(ServerOptions options, Store store) throws IOException {
        server = Server.start(options, store);
    }

    WireClient wire() throws IOException {
        WireClient wire = new WireClient(server.port());
        wires.add(wire);
        return wire;
    }

    /** A connection from another address of the loopback interface. */
    WireClient wireFrom(String address) throws IOException {
        Socket socket = new Socket(InetAddress.getLoopbackAddress(), server.port(), InetAddress.getByName(address), 0);
        WireClient wire = new WireClient(socket);
        wires.add(wire);
        return wire;
    }

    /** The chain of a tick of this server's tree. */
    static Object chain(@Nullable Object tick) {
        return WireClient.map("node", "tree", "tick", tick, "prev", null);
    }

    @Override
    public void close() throws IOException {
        for (WireClient wire : wires) {
            wire.close();
        }
        server.close();
    }
}
