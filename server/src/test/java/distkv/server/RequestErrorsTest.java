package distkv.server;

import static distkv.server.WireClient.map;
import static distkv.server.WireClient.path;
import static org.assertj.core.api.Assertions.assertThat;

import distkv.model.Path;
import distkv.protocol.FrameLimits;
import distkv.store.engine.MemoryStore;
import java.io.IOException;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

@Timeout(60)
class RequestErrorsTest {
    private ServerFixture fixture;

    @BeforeEach
    void start() throws IOException {
        fixture = new ServerFixture(
                ServerFixture.OPTIONS.withLimits(new FrameLimits(64 * 1024, 32)), new MemoryStore("tree"));
    }

    @AfterEach
    void close() throws IOException {
        fixture.close();
    }

    private static void assertUsable(WireClient wire) throws IOException {
        assertThat(wire.call("get_value", "path", path("none"))).doesNotContainKey("error");
    }

    @Test
    void theGreetingIsThatOfTheOriginalAndNamesTheExtensions() throws IOException {
        Map<String, Object> greeting = fixture.wire().greeting;
        assertThat(greeting)
                .containsEntry("seq", 0L)
                .containsEntry("node", "tree")
                .containsEntry("version", List.of(0L, 65L, 0L))
                .containsEntry("qlen", 10L)
                .containsEntry(
                        "ext",
                        List.of(
                                "session", "commit", "guard", "since", "only", "window", "standby", "witness", "again",
                                "sorted", "login", "run", "by", "cause", "node", "copy"))
                .containsKeys("tick", "tock")
                .doesNotContainKey("auth");
    }

    @Test
    void anUnknownActionIsAnErrorAndTheConnectionGoesOn() throws IOException {
        WireClient wire = fixture.wire();
        assertThat(wire.call("no_such_action"))
                .containsEntry("error", "action: 'no_such_action' (expected: an action of the protocol)")
                .containsEntry("etype", "action");
        assertUsable(wire);
    }

    @ParameterizedTest
    @CsvSource({
        "auth_set, access",
        "set_auth_typ, access",
        "save, action",
        "log, action",
        "kill_node, action",
        "update, action"
    })
    void whatThisServerDoesNotDoIsAClearError(String action, String etype) throws IOException {
        WireClient wire = fixture.wire();
        assertThat(wire.call(action)).containsEntry("etype", etype).containsKey("error");
        assertThat(wire.refused("auth")).containsEntry("etype", "request").containsKey("error");
        assertUsable(wire);
    }

    @Test
    void aMapThatIsNoRequestIsAnErrorAndTheConnectionGoesOn() throws IOException {
        WireClient wire = fixture.wire();
        wire.send(map("seq", 1));
        assertThat(wire.read()).containsEntry("seq", 1L).containsEntry("etype", "request");
        wire.send(map("action", "get_tock"));
        assertThat(wire.read()).doesNotContainKey("seq").containsEntry("etype", "request");
        wire.send(map("seq", 7, "action", "get_value", "path", 5));
        assertThat(wire.read())
                .containsEntry("seq", 7L)
                .extractingByKey("error")
                .asString()
                .startsWith("path: ");
        assertUsable(wire);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "2a", // 42
                "c1", // a byte that MsgPack does not have
                "a3616263", // text
                "93010203", // an array
                "df7fffffff", // a map of two thousand million pairs
                "81a576616c7565c6ffffffff" // bytes that nobody can send
            })
    void whatIsNoMessageCostsItsOwnConnectionAfterAnError(String hex) throws IOException {
        WireClient other = fixture.wire();
        WireClient wire = fixture.wire();
        wire.sendBytes(HexFormat.of().parseHex(hex));
        assertThat(wire.read())
                .doesNotContainKey("seq")
                .containsEntry("etype", "request")
                .containsKey("error");
        assertThat(wire.readOrEnd()).isNull();
        assertUsable(other);
    }

    @Test
    void aMessageNestedTooDeepIsRefusedBeforeItHasArrived() throws IOException {
        WireClient wire = fixture.wire();
        wire.sendBytes(HexFormat.of().parseHex("81a161".repeat(40)));
        assertThat(wire.read()).containsEntry("etype", "request").containsKey("error");
        assertThat(wire.readOrEnd()).isNull();
    }

    @Test
    void theReasonArrivesEvenIfMuchMoreWasSentAfterTheGarbage() throws IOException {
        WireClient wire = fixture.wire();
        byte[] garbage = new byte[300_000];
        garbage[0] = (byte) 0xC1;
        wire.sendBytes(garbage);
        assertThat(wire.read()).containsKey("error");
        assertThat(wire.readOrEnd()).isNull();
    }

    @Test
    void aValueTooLargeForTheMessagesAboutItIsRefused() throws IOException {
        WireClient wire = fixture.wire();
        assertThat(wire.call("set_value", "path", path("a"), "value", new byte[62_000]))
                .containsEntry("etype", "request")
                .extractingByKey("error")
                .asString()
                .startsWith("value: 620")
                .endsWith("(expected: at most 61440)");
        assertThat(wire.call("set_value", "path", path("a"), "value", new byte[61_000]))
                .containsEntry("changed", true);
        assertThat(wire.call("get_value", "path", path("a"))).containsKey("value");
    }

    @Test
    void theInternalTreeIsForItsOwnActions() throws IOException {
        WireClient wire = fixture.wire();
        @Nullable Object[] internal = {null, "x"};
        List<Object> path = new ArrayList<>(List.of(internal[1]));
        path.addFirst(Path.of(internal).elements().getFirst());
        for (String action : List.of("get_value", "enum", "delete_value", "delete_tree", "root")) {
            assertThat(wire.call(action, "path", path)).as(action).containsEntry("etype", "access");
        }
        assertThat(wire.call("set_value", "path", path, "value", 1)).containsEntry("etype", "access");
        assertThat(wire.call("set_internal", "path", path("x"), "value", 1)).containsEntry("changed", true);
        assertThat(wire.call("get_internal", "path", path("x"))).containsEntry("value", 1L);
        assertThat(wire.call("enum_internal", "path", path())).containsEntry("result", List.of("x"));
        assertThat(wire.call("enum", "path", path(), "empty", true)).containsEntry("result", List.of());
        assertThat(wire.call("set_internal", "path", path(".distkv", "tock"), "value", 1))
                .containsEntry("etype", "access");
    }

    @ParameterizedTest
    @CsvSource({
        "type, 'types are stored, but this server accepts any value'",
        "match, 'types are stored, but this server accepts any value'",
        "codec, 'codecs are stored, but clients get values as they are stored'",
        "conv, 'codecs are stored, but clients get values as they are stored'",
        "acl, 'access lists are stored, but not enforced'",
        "auth, 'users are stored, but nobody logs in as one of them; see distkv user'"
    })
    void whoWritesASettingOfTheOriginalIsToldThatItDoesNothing(String kind, String note) throws IOException {
        WireClient wire = fixture.wire();
        assertThat(wire.call("set_internal", "path", path(kind, "x"), "value", map("good", List.of(1))))
                .containsEntry("changed", true)
                .containsEntry("note", note);
        assertThat(wire.call("set_value", "path", path(kind, "x"), "value", 1)).doesNotContainKey("note");
        assertThat(wire.call("set_internal", "path", path("x", kind), "value", 1))
                .doesNotContainKey("note");
        assertThat(wire.call("get_internal", "path", path(kind, "x"))).containsEntry("value", map("good", List.of(1L)));
    }

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4, 5})
    void garbageNeverTouchesOtherConnections(long seed) throws IOException {
        Random random = new Random(seed);
        WireClient other = fixture.wire();
        byte[] sound = HexFormat.of()
                .parseHex("84a6616374696f6ea97365745f76616c7565a373657101a47061746892a27432a161a576616c7565a141");
        for (int round = 0; round < 60; round++) {
            try (WireClient wire = new WireClient(fixture.server.port())) {
                byte[] bytes = random.nextBoolean() ? sound.clone() : new byte[random.nextInt(200)];
                if (bytes.length == sound.length) {
                    for (int i = random.nextInt(4); i >= 0; i--) {
                        bytes[random.nextInt(bytes.length)] = (byte) random.nextInt(256);
                    }
                } else {
                    random.nextBytes(bytes);
                }
                wire.sendBytes(bytes);
                wire.socket.shutdownOutput();
                // Whatever it says, it says it in whole messages and then closes.
                while (wire.readOrEnd() != null) {}
            }
            if (round % 10 == 0) {
                assertThat(other.call("get_value", "path", path("none")))
                        .as("seed %d", seed)
                        .doesNotContainKey("error");
            }
        }
    }
}
