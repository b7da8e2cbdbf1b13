package distkv.server;

import static distkv.server.WireClient.map;
import static distkv.server.WireClient.path;
import static org.assertj.core.api.Assertions.assertThat;

import distkv.model.Path;
import distkv.model.Value;
import distkv.protocol.Values;
import distkv.server.NodeFixture.Credentials;
import distkv.server.tree.Snapshot;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Nodes log in by their certificates, until these are revoked. */
@Timeout(60)
class NodeLogInTest {
    @TempDir
    java.nio.file.Path directory;

    private NodeFixture fixture;

    @BeforeEach
    void start() throws IOException {
        fixture = new NodeFixture(directory);
        fixture.write(Path.of("room"), Values.encode(21L));
    }

    @AfterEach
    void stop() throws IOException {
        fixture.close();
    }

    private static Map<String, Object> presence(boolean session) {
        return map(
                "path",
                path(".distkv", "presence", "default", "attic", "any"),
                "value",
                map("node", "attic", "kind", "any"),
                "session",
                session);
    }

    /** Reads what a watch begins with. */
    private static void upToDate(WireClient wire) throws IOException {
        while (!"uptodate".equals(wire.read().get("state"))) {}
    }

    @Test
    void aCertificateLogsInANode() throws Exception {
        fixture.join("attic", "default");
        try (WireClient wire = fixture.node("attic")) {
            assertThat(wire.greeting).doesNotContainKey("auth");
            assertThat(wire.call("auth_info").get("result"))
                    .hasFieldOrPropertyWithValue("name", "node attic")
                    .hasFieldOrPropertyWithValue("all", false);
            assertThat(wire.call("get_value", "path", path("room"))).containsEntry("value", 21L);
            assertThat(String.valueOf(wire.call("set_value", "path", path("room"), "value", 1)
                            .get("error")))
                    .contains("node attic may not write room");
        }
    }

    @Test
    void aCertificateThatIsNoNodesDoesNot() throws Exception {
        fixture.join("attic", "default");
        for (String name : new String[] {"attic", "cellar"}) {
            Credentials other = fixture.sign(name, Instant.now(), Duration.ofDays(1));
            try (WireClient wire = fixture.connect(other)) {
                assertThat(wire.greeting).containsKey("auth");
                assertThat(wire.call("get_value", "path", path("room"))).containsEntry("etype", "access");
                assertThat(wire.readOrEnd()).isNull();
            }
        }
    }

    @Test
    void aNodeThatIsRevokedLosesItsConnectionsStreamsAndLeases() throws Exception {
        Credentials known = fixture.join("attic", "default");
        try (WireClient wire = fixture.node("attic");
                WireClient idle = fixture.node("attic");
                WireClient other = fixture.owner()) {
            long session = WireClient.number(wire.call("session", "ttl", 3600), "session");
            assertThat(wire.call("commit", "writes", List.of(presence(true)))).doesNotContainKey("error");
            long watch = wire.ask("watch", "path", path("room"), "fetch", true);
            upToDate(wire);
            long followed = other.ask("watch", "path", path(".distkv", "presence"), "fetch", true);
            upToDate(other);

            fixture.entry("attic", known, true, "default");

            // Its presence goes long before the time to live of its session is over.
            other.readWhere(message -> Long.valueOf(followed).equals(message.get("seq"))
                    && message.containsKey("path")
                    && !message.containsKey("value"));
            assertThat(fixture.store.renew(session)).isFalse();
            for (WireClient each : new WireClient[] {wire, idle}) {
                Map<String, Object> last = map();
                for (Map<String, Object> next = each.readOrEnd(); next != null; next = each.readOrEnd()) {
                    assertThat(next).doesNotContainKey("value");
                    last = Long.valueOf(watch).equals(next.get("seq")) ? last : next;
                }
                assertThat(last)
                        .containsEntry("etype", "access")
                        .hasEntrySatisfying(
                                "error",
                                text -> assertThat(String.valueOf(text))
                                        .startsWith("access: node attic: its certificate is revoked"));
            }
            try (WireClient again = fixture.node("attic")) {
                assertThat(again.greeting).containsKey("auth");
            }
        }
    }

    @Test
    void anotherCertificateEndsTheConnectionsOfTheOldOne() throws Exception {
        fixture.join("attic", "default");
        try (WireClient wire = fixture.node("attic")) {
            assertThat(wire.call("get_value", "path", path("room"))).containsEntry("value", 21L);
            fixture.join("attic", "default");
            assertThat(wire.readOrEnd()).containsEntry("etype", "access");
            assertThat(wire.readOrEnd()).isNull();
        }
    }

    @Test
    void onlyTheNodeItselfTakesUpItsSession() throws Exception {
        fixture.join("attic", "default");
        fixture.join("cellar", "default");
        try (WireClient attic = fixture.node("attic");
                WireClient again = fixture.node("attic");
                WireClient cellar = fixture.node("cellar");
                WireClient owner = fixture.owner()) {
            Map<String, Object> opened = attic.call("session", "ttl", 60);
            Object[] attach = {"session", opened.get("session"), "secret", opened.get("secret")};
            assertThat(cellar.call("session", attach)).containsEntry("etype", "session");
            assertThat(owner.call("session", attach)).containsEntry("etype", "session");
            assertThat(again.call("session", attach)).containsEntry("ttl", 60.0);
        }
    }

    @Test
    void sessionsOfNodesThatWereRevokedEndWhenTheServerStarts() throws Exception {
        Value record = Values.encode(map("hash", new byte[32], "ttl", 3600.0, "node", "gone"));
        long lease = fixture.store.grant(Duration.ofHours(1));
        fixture.write(Snapshot.SERVER_STATE.child("session").child(lease), record);
        try (Server _ = Server.start(ServerFixture.OPTIONS.open(false), fixture.store)) {
            assertThat(fixture.store.renew(lease)).isFalse();
        }
    }
}
