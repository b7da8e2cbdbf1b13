package distkv.server;

import static distkv.server.WireClient.map;
import static org.assertj.core.api.Assertions.assertThat;

import distkv.model.Nil;
import distkv.model.Path;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** A node that was stolen tries everything: each write, everywhere, and what else there is to ask for. */
@Timeout(60)
class HostileNodeTest {
    /** What it may not write, whatever it writes: what is another's, or no node's. */
    private static final List<Path> OTHERS = List.of(
            Path.of("room", "temp"),
            Path.of("log", "default"),
            Path.of(":distkv", ":log", "default"),
            Path.parse(":.distkv.hass.light"),
            Path.parse(":.distkv.code.proc.heat"),
            Path.parse(":.distkv.code.module.heat"),
            Path.parse(":.distkv.run.any.default.held"),
            Path.parse(":.distkv.run.at.attic.default.heat"),
            Path.parse(":.distkv.run.any.other.heat"),
            Path.parse(":.distkv.state.any.other.heat"),
            Path.parse(":.distkv.state.any.default.held"),
            Path.parse(":.distkv.state.at.cellar.default.heat"),
            Path.parse(":.distkv.state.all.default.cellar.heat"),
            Path.parse(":.distkv.state"),
            Path.parse(":.distkv.claim.any.other.heat"),
            Path.parse(":.distkv.claim.any.default.held"),
            Path.parse(":.distkv.claim.at.cellar.default.heat"),
            Path.parse(":.distkv.claim.all.default.cellar.heat"),
            Path.parse(":.distkv.presence.default.cellar.any"),
            Path.parse(":.distkv.presence.other.attic.any"),
            Path.parse(":.distkv.error.cellar").append(Path.of(5L)),
            Path.parse(":.distkv.error.cellar").append(Path.of(5L, "cellar")),
            Path.parse(":.distkv.group.default"),
            Path.parse(":.distkv.config.prefix"));

    @TempDir
    java.nio.file.Path directory;

    private NodeFixture fixture;
    private WireClient owner;
    private WireClient attic;
    private long session;

    @BeforeEach
    void start() throws Exception {
        fixture = new NodeFixture(directory);
        fixture.join("attic", "default");
        owner = fixture.owner();
        attic = fixture.node("attic");
        session = WireClient.number(attic.call("session", "ttl", 60), "session");
    }

    @AfterEach
    void stop() throws IOException {
        attic.close();
        owner.close();
        fixture.close();
    }

    private Object there(Path path) {
        String text = path.toString();
        if (text.contains("claim")) {
            return map("node", "cellar", "started", 1, "session", 99);
        }
        if (text.contains("state")) {
            return map("started", 1, "node", "cellar");
        }
        return map("x", 5);
    }

    /** What a node writes, if it may: everything as it should be, but for whose it is. */
    private Object value(Path path) {
        String text = path.toString();
        if (text.contains("claim")) {
            return map("node", "attic", "started", 1, "session", session);
        }
        if (text.contains("state")) {
            return map("started", 1, "node", null);
        }
        if (text.contains("presence")) {
            return map("node", "attic", "kind", "any");
        }
        if (text.contains("error")) {
            return map("path", Path.parse(":.distkv.run.any.default.held"), "subsystem", "run");
        }
        return map("x", 1);
    }

    private long write(Path path, @Nullable Object value) throws IOException {
        Map<String, Object> reply = owner.call("set_value", "path", path.elements(), "value", value, "nchain", 1);
        return WireClient.number(reply, "tock");
    }

    private record Attack(String action, @Nullable Object... pairs) {}

    /** All ways to write a value, without conditions and with those that hold. */
    private List<Attack> attacks(Path path, long tick) {
        List<Object> wire = path.elements();
        Object value = value(path);
        Object link = ServerFixture.chain(tick);
        Map<String, Object> own = map(
                "path",
                Path.parse(":.distkv.presence.default.attic.any").elements(),
                "value",
                map("node", "attic", "kind", "any"),
                "session",
                true);
        Path claim = Path.parse(":.distkv.claim.any.default.held");
        List<Attack> attacks = new ArrayList<>(List.of(
                new Attack("set_value", "path", wire, "value", value),
                new Attack("set_value", "path", wire, "value", value, "session", true),
                new Attack("set_value", "path", wire, "value", value, "chain", link),
                new Attack("set_value", "path", wire, "value", value, "chain", link, "session", true),
                new Attack("set_value", "path", wire, "value", value, "prev", there(path)),
                new Attack("set_value", "path", wire, "value", value, "chain", ServerFixture.chain(tick + 100_000)),
                new Attack("delete_value", "path", wire),
                new Attack("delete_value", "path", wire, "chain", link),
                new Attack("delete_tree", "path", wire),
                new Attack("delete_tree", "path", wire.subList(0, Math.max(1, wire.size() - 1))),
                new Attack("commit", "writes", List.of(map("path", wire, "value", value, "chain", link))),
                new Attack("commit", "writes", List.of(map("path", wire, "chain", link))),
                new Attack("commit", "writes", List.of(own, map("path", wire, "value", value, "chain", link))),
                new Attack(
                        "commit",
                        "writes",
                        List.of(own, map("path", wire, "value", value, "chain", link, "session", true)))));
        attacks.add(new Attack(
                "set_value", "path", wire, "value", value, "chain", link, "again", List.of(List.of(1, 1)), "since", 0));
        attacks.add(new Attack(
                "commit",
                "writes",
                List.of(map("path", wire, "value", value, "chain", link)),
                "guard",
                List.of(List.of(claim.elements(), tick))));
        return attacks;
    }

    private Map<String, Object> tryIt(Attack attack) throws IOException {
        Long asked = attic.ask(attack.action(), attack.pairs());
        Map<String, Object> reply = attic.readWhere(message -> asked.equals(message.get("seq")));
        return Boolean.TRUE.equals(reply.get("refused"))
                ? attic.readWhere(message -> asked.equals(message.get("seq")) && message.containsKey("error"))
                : reply;
    }

    @Test
    void whatIsAnothersItWritesInNoWay() throws Exception {
        write(Path.parse(":.distkv.claim.any.default.held"), there(Path.parse("claim")));
        for (Path path : OTHERS) {
            Map<String, Object> before;
            for (int i = 0; ; i++) {
                long tick = write(path, there(path));
                List<Attack> attacks = attacks(path, tick);
                if (i == attacks.size()) {
                    break;
                }
                before = owner.call("get_value", "path", path.elements(), "nchain", 1);
                Map<String, Object> reply = tryIt(attacks.get(i));
                String what = path + " " + attacks.get(i).action()
                        + Arrays.toString(attacks.get(i).pairs());
                // A commit whose guard does not hold is refused for that, if not before.
                assertThat(reply.get("etype")).as("%s: %s", what, reply).isIn("access", "guard");
                if ("access".equals(reply.get("etype"))) {
                    assertThat(String.valueOf(reply.get("error")))
                            .as(what)
                            .startsWith("access: node attic may not ")
                            .contains("(expected: ");
                }
                Map<String, Object> after = owner.call("get_value", "path", path.elements(), "nchain", 1);
                assertThat(after.get("value")).as(what).isEqualTo(before.get("value"));
                assertThat(after.get("chain")).as(what).isEqualTo(before.get("chain"));
            }
        }
    }

    @Test
    void whatElseThereIsToAskForIsDenied() throws Exception {
        List<Attack> attacks = new ArrayList<>();
        for (String kind : List.of("user", "token", "role", "node")) {
            List<Object> path = Path.of("access", kind, "attic").elements();
            attacks.add(new Attack("get_internal", "path", path));
            attacks.add(new Attack("set_internal", "path", path, "value", map("roles", List.of(map("role", "owner")))));
            attacks.add(new Attack("delete_internal", "path", path));
        }
        for (String action : List.of("get_tree_internal", "enum_internal")) {
            attacks.add(new Attack(action, "path", List.of()));
            attacks.add(new Attack(action, "path", List.of("access")));
        }
        attacks.add(new Attack("get_value", "path", Path.of(Nil.NIL, "access").elements()));
        for (List<String> topic : List.of(
                List.of("room"),
                List.of(":run", "default"),
                List.of(":log", "other"),
                List.of(":log"),
                List.of(":cmd"))) {
            attacks.add(new Attack("msg_send", "topic", topic, "data", 1));
        }
        attacks.add(new Attack("auth", "typ", "token", "token", "dkv_00_x"));
        attacks.add(new Attack("auth", "typ", "password", "ident", "root", "password", ""));
        for (Attack attack : attacks) {
            Map<String, Object> reply = tryIt(attack);
            assertThat(reply)
                    .as(attack.action() + Arrays.toString(attack.pairs()))
                    .containsEntry("etype", "access");
        }
        assertThat(attic.call("auth_info").get("result")).hasFieldOrPropertyWithValue("name", "node attic");
        for (Path path : OTHERS) {
            assertThat(attic.call("test_acl", "path", path.elements(), "mode", "w"))
                    .as("%s", path)
                    .containsEntry(
                            "access", path.toString().matches(".*((state|claim).any.default.held|[.]error[.].*)"));
        }
    }

    @Test
    void itDoesItsOwnWork() throws Exception {
        Path job = Path.parse("any.default.free");
        List<Object> claim = Path.parse(":.distkv.claim").append(job).elements();
        List<Object> state = Path.parse(":.distkv.state").append(job).elements();
        Map<String, Object> claimed = attic.call(
                "commit",
                "writes",
                List.of(
                        map("path", claim, "value", value(Path.parse("claim")), "chain", null, "session", true),
                        map("path", state, "value", map("node", "attic", "started", 1), "chain", null)));
        assertThat(claimed).doesNotContainKey("error");
        Object tick = ((List<?>) WireClient.get(claimed, "ticks")).getFirst();
        assertThat(attic.call(
                        "set_value",
                        "path",
                        state,
                        "value",
                        map("node", "attic", "started", 2),
                        "guard",
                        List.of(List.of(claim, tick))))
                .containsEntry("changed", true);
        assertThat(attic.call(
                        "commit",
                        "writes",
                        List.of(
                                map("path", state, "value", map("node", null, "started", 2)),
                                map("path", claim, "chain", ServerFixture.chain(tick)))))
                .doesNotContainKey("error");
        assertThat(attic.call("msg_send", "topic", List.of(":log", "default"), "data", 1))
                .doesNotContainKey("error");
        assertThat(attic.call("get_tock")).doesNotContainKey("error");
    }
}
