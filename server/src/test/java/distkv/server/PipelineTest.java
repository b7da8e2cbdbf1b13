package distkv.server;

import static org.assertj.core.api.Assertions.assertThat;

import distkv.store.engine.MemoryStore;
import java.io.IOException;
import java.util.HashMap;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class PipelineTest {
    @Test
    void whatAClientHasWrittenItReadsEvenIfItDoesNotWaitForReplies() throws IOException {
        ServerOptions options = ServerOptions.defaults().at("127.0.0.1", 0).open(true);
        try (Server server = Server.start(options, new MemoryStore("tree"));
                WireClient wire = new WireClient(server.port())) {
            for (int round = 0; round < 200; round++) {
                Map<Object, Object> expected = new HashMap<>();
                for (int i = 0; i < 10; i++) {
                    wire.ask("set_value", "path", WireClient.path("p", i), "value", round, "nchain", 0);
                }
                for (int i = 0; i < 10; i++) {
                    expected.put(wire.ask("get_value", "path", WireClient.path("p", i)), (long) round);
                }
                for (int i = 0; i < 20; i++) {
                    Map<String, Object> reply = wire.read();
                    if (!reply.containsKey("changed")) {
                        assertThat(reply.get("value")).isEqualTo(expected.get(reply.get("seq")));
                    }
                }
            }
        }
    }
}
