package distkv.server;

import static distkv.server.WireClient.path;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import distkv.model.Path;
import distkv.server.tree.Replica;
import distkv.store.engine.MemoryStore;
import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class ClosingTest {
    @Test
    void whatWasAskedForIsAnsweredBeforeTheServerCloses() throws Exception {
        MemoryStore store = new MemoryStore("tree");
        Server server = Server.start(ServerFixture.OPTIONS, store);
        try (WireClient wire = new WireClient(server.port())) {
            for (int i = 0; i < 5_000; i++) {
                wire.ask("set_value", "path", path("t", i), "value", i, "nchain", 0);
            }
            assertThat(wire.read()).containsEntry("changed", true);
            Thread closing = Thread.ofVirtual().start(server::close);
            int answered = 1;
            for (Map<String, Object> reply = wire.readOrEnd(); reply != null; reply = wire.readOrEnd()) {
                answered += reply.containsKey("changed") ? 1 : 0;
            }
            closing.join();
            int written = 0;
            try (Replica after = Replica.start(store)) {
                while (after.snapshot().get(Path.of("t", written)) != null) {
                    written++;
                }
            }
            assertThat(answered).isEqualTo(written);
        }
    }

    @Test
    void aClientThatOnlyStopsSendingStillGetsItsReplies() throws IOException {
        try (ServerFixture fixture = new ServerFixture()) {
            WireClient wire = fixture.wire();
            wire.ask("set_value", "path", path("a"), "value", 1);
            wire.ask("get_value", "path", path("b"));
            wire.socket.shutdownOutput();
            assertThat(List.of(wire.read().get("seq"), wire.read().get("seq"))).containsExactlyInAnyOrder(1L, 2L);
            assertThat(wire.readOrEnd()).isNull();
        }
    }

    @Test
    void aClientThatReadsNothingIsDroppedAndHoldsNobodyUp() throws Exception {
        try (ServerFixture fixture = new ServerFixture(
                ServerFixture.OPTIONS.withUnreadTimeout(Duration.ofMillis(400)), new MemoryStore("tree"))) {
            WireClient wire = fixture.wire();
            byte[] large = new byte[1 << 20];
            wire.call("set_value", "path", path("large"), "value", large);
            try (WireClient stuck = new WireClient(fixture.server.port())) {
                for (int i = 0; i < 100; i++) {
                    stuck.ask("get_value", "path", path("large"));
                }
                stuck.ask("watch", "path", path("t"));
                for (int i = 0; i < 100; i++) {
                    assertThat(wire.call("set_value", "path", path("t", i), "value", i))
                            .containsEntry("changed", true);
                }
                // The end of the stream comes after what the system holds of it; a reset may come in its place.
                await().atMost(Duration.ofSeconds(20)).until(() -> isDropped(stuck));
            }
            assertThat(wire.call("get_value", "path", path("t", 99))).containsEntry("value", 99L);
        }
    }

    /** Whether the server has closed its side: sending on it fails in the end. */
    private static boolean isDropped(WireClient wire) {
        try {
            wire.ask("get_value", "path", path("none"));
            return false;
        } catch (IOException e) {
            return true;
        }
    }

    @Test
    void moreConnectionsThanAllowedAreRefusedWithAReason() throws IOException {
        try (ServerFixture fixture =
                new ServerFixture(ServerFixture.OPTIONS.withMaxConnections(2), new MemoryStore("tree"))) {
            WireClient one = fixture.wire();
            fixture.wire();
            try (WireClient third = new WireClient(fixture.server.port())) {
                assertThat(third.greeting)
                        .containsEntry("error", "connections: more than 2 (expected: at most that)")
                        .containsEntry("etype", "refused");
                assertThat(third.readOrEnd()).isNull();
            }
            one.close();
            await().until(() -> {
                try (WireClient again = new WireClient(fixture.server.port())) {
                    return !again.greeting.containsKey("error");
                }
            });
        }
    }

    @Test
    void connectionsThatSayNothingDoNotDelayTheEnd() throws IOException {
        ServerFixture fixture = new ServerFixture();
        try (Socket silent = new Socket(InetAddress.getLoopbackAddress(), fixture.server.port())) {
            fixture.wire().ask("watch", "path", path());
            fixture.close();
            assertThat(silent.getInputStream().readAllBytes()).isNotEmpty();
        }
    }
}
