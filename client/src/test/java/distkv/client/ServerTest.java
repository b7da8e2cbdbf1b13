package distkv.client;

import distkv.model.Path;
import distkv.model.Value;
import distkv.protocol.Values;
import distkv.server.Server;
import distkv.server.ServerOptions;
import distkv.store.engine.LeaseClock;
import distkv.store.engine.MemoryStore;
import java.io.IOException;
import java.time.Duration;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;

/** A server, a client that is connected to it through a {@link Cable}, and another that is so directly. */
abstract class ServerTest {
    /** How many revisions the server's history has. */
    static final int HISTORY = 64;

    Server server;
    Cable cable;
    Client client;
    Client direct;

    @BeforeEach
    void start() throws IOException, InterruptedException {
        server = Server.start(
                ServerOptions.defaults().at("127.0.0.1", 0).open(true),
                new MemoryStore("tree", LeaseClock.system(), HISTORY));
        cable = new Cable(server.port());
        client = Client.connect(options());
        direct = Client.connect(ClientOptions.of("127.0.0.1", server.port()).withName("direct"));
    }

    ClientOptions options() {
        return ClientOptions.of("127.0.0.1", cable.port())
                .withRetry(Duration.ofMillis(2), Duration.ofMillis(20))
                .withKeepAlive(Duration.ofMillis(300))
                .withCallTimeout(Duration.ofSeconds(20));
    }

    @AfterEach
    void stop() throws IOException {
        client.close();
        direct.close();
        cable.close();
        server.close();
    }

    static Value value(@Nullable Object object) {
        return Values.encode(object);
    }

    static Path path(String text) {
        return Path.parse(text);
    }
}
