package distkv.server;

import static distkv.server.WireClient.map;
import static distkv.server.WireClient.path;
import static org.assertj.core.api.Assertions.assertThat;

import distkv.store.ForwardingStore;
import distkv.store.Store;
import distkv.store.engine.MemoryStore;
import java.io.IOException;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class SessionTest {
    @Test
    void entriesOfASessionGoWithIt() throws IOException {
        try (ServerFixture fixture = new ServerFixture()) {
            WireClient wire = fixture.wire();
            WireClient watcher = fixture.wire();
            watcher.call("watch", "path", path());
            Map<String, Object> opened = wire.call("session", "ttl", 60);
            assertThat(opened).containsKeys("session", "secret").containsEntry("ttl", 60.0);
            wire.call("set_value", "path", path("here"), "value", 1, "session", true);
            wire.call("set_value", "path", path("stays"), "value", 1);
            wire.call("commit", "writes", List.of(map("path", path("too"), "value", 1, "session", true)));
            for (int i = 0; i < 3; i++) {
                assertThat(watcher.read()).containsEntry("value", 1L);
            }
            assertThat(wire.call("session_renew")).containsEntry("ttl", 60.0);
            assertThat(wire.call("session_end")).doesNotContainKey("error");
            assertThat(wire.call("get_value", "path", path("here"))).doesNotContainKey("value");
            assertThat(wire.call("get_value", "path", path("too"))).doesNotContainKey("value");
            assertThat(wire.call("get_value", "path", path("stays"))).containsEntry("value", 1L);
            assertThat(List.of(watcher.read().get("path"), watcher.read().get("path")))
                    .containsExactlyInAnyOrder(path("here"), path("too"));
            assertThat(wire.call("session_renew")).containsEntry("etype", "session");
        }
    }

    @Test
    void aSessionThatIsNotRenewedEnds() throws IOException {
        try (ServerFixture fixture = new ServerFixture()) {
            WireClient wire = fixture.wire();
            Map<String, Object> opened = wire.call("session", "ttl", 0.15);
            long seq = wire.ask("watch", "path", path("here"));
            assertThat(wire.read()).containsEntry("state", "start");
            wire.ask("set_value", "path", path("here"), "value", 1, "session", true);
            Map<String, Object> gone = wire.readWhere(
                    message -> Long.valueOf(seq).equals(message.get("seq")) && !message.containsKey("value"));
            assertThat(gone).doesNotContainKey("state");
            assertThat(wire.call("session_renew")).containsEntry("etype", "session");
            assertThat(wire.call("set_value", "path", path("here"), "value", 1, "session", true))
                    .containsEntry("etype", "session");
            assertThat(wire.call("session", "session", opened.get("session"), "secret", opened.get("secret")))
                    .containsEntry("etype", "session");
        }
    }

    @Test
    void aSessionOutlivesItsConnectionAndIsGivenBackForItsSecret() throws IOException {
        try (ServerFixture fixture = new ServerFixture()) {
            Map<String, Object> opened;
            try (WireClient first = new WireClient(fixture.server.port())) {
                opened = first.call("session", "ttl", 60);
                first.call("set_value", "path", path("here"), "value", 1, "session", true);
            }
            WireClient second = fixture.wire();
            Object id = opened.get("session");
            assertThat(second.call("get_value", "path", path("here"))).containsEntry("value", 1L);
            assertThat(second.call("set_value", "path", path("x"), "value", 1, "session", true))
                    .containsEntry("etype", "session");
            assertThat(second.call("session", "session", id, "secret", "wrong")).containsEntry("etype", "session");
            assertThat(second.call("session", "session", 4711, "secret", opened.get("secret")))
                    .containsEntry("etype", "session");
            assertThat(second.call("session", "session", id, "secret", opened.get("secret")))
                    .containsEntry("session", id)
                    .containsEntry("ttl", 60.0)
                    .doesNotContainKey("secret");
            assertThat(second.call("set_value", "path", path("x"), "value", 1, "session", true))
                    .containsEntry("changed", true);
            second.call("session_end");
            assertThat(second.call("get_value", "path", path("here"))).doesNotContainKey("value");
        }
    }

    @Test
    void theSecretIsNotInTheTree() throws IOException {
        try (ServerFixture fixture = new ServerFixture()) {
            WireClient wire = fixture.wire();
            Object secret = wire.call("session", "ttl", 60).get("secret");
            List<Map<String, Object>> internal = wire.readStream(wire.ask("get_tree_internal", "path", path()));
            assertThat(internal).hasSize(3);
            assertThat(internal.toString()).doesNotContain(String.valueOf(secret));
        }
    }

    @Test
    void aSessionSurvivesARestartOfTheServer() throws IOException {
        MemoryStore memory = new MemoryStore("tree");
        Store kept = new Kept(memory);
        Map<String, Object> opened;
        try (Server server = Server.start(ServerFixture.OPTIONS, kept);
                WireClient wire = new WireClient(server.port())) {
            opened = wire.call("session", "ttl", 60);
            wire.call("set_value", "path", path("here"), "value", 1, "session", true);
        }
        try (Server server = Server.start(ServerFixture.OPTIONS, kept);
                WireClient wire = new WireClient(server.port())) {
            assertThat(wire.call("get_value", "path", path("here"))).containsEntry("value", 1L);
            assertThat(wire.call("session", "session", opened.get("session"), "secret", opened.get("secret")))
                    .containsEntry("session", opened.get("session"));
            wire.call("session_end");
            assertThat(wire.call("get_value", "path", path("here"))).doesNotContainKey("value");
        }
        memory.close();
    }

    /** A store that outlives the servers over it. */
    private static final class Kept extends ForwardingStore {
        Kept(Store store) {
            super(store);
        }

        @Override
        public void close() {}
    }
}
