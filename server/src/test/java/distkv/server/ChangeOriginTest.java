package distkv.server;

import static distkv.server.WireClient.number;
import static distkv.server.WireClient.path;
import static org.assertj.core.api.Assertions.assertThat;

import distkv.access.AccessTable;
import distkv.access.Grant;
import distkv.access.Token;
import distkv.model.Commit;
import distkv.model.Expectation;
import distkv.model.Origin;
import distkv.model.Path;
import distkv.model.Value;
import distkv.model.Write;
import distkv.protocol.Values;
import distkv.store.engine.MemoryStore;
import java.io.IOException;
import java.security.SecureRandom;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Whom the server records as the author of a change. */
@Timeout(60)
class ChangeOriginTest {
    private static final Path CLAIM = Path.parse(":.distkv.claim.any.home.heat");

    private final MemoryStore store = new MemoryStore("tree");
    private final Token.Created token =
            Token.create("backup", List.of(new Grant("owner")), 0, "olga", new SecureRandom());
    private final Token.Created other =
            Token.create("author", List.of(new Grant("author")), 0, "x", new SecureRandom());
    private ServerFixture fixture;
    private WireClient wire;

    @BeforeEach
    void start() throws IOException {
        write(AccessTable.token(token.token().id()), token.token().encode());
        write(AccessTable.token(other.token().id()), other.token().encode());
        fixture = new ServerFixture(ServerFixture.OPTIONS, store);
        wire = fixture.wire();
    }

    @AfterEach
    void close() throws IOException {
        fixture.close();
    }

    private void write(Path path, Value value) {
        store.commit(Commit.of(Write.set(path, value, Expectation.anything()))).join();
    }

    private void logIn(WireClient client) throws IOException {
        assertThat(client.readStream(client.ask("auth", "typ", "token", "token", token.secret())))
                .hasSize(2);
    }

    private @Nullable String author(Map<String, Object> reply) {
        Origin origin = store.origin(number(reply, "tock"));
        return origin == null ? null : origin.by();
    }

    private String claim(String node) throws IOException {
        Map<String, Object> claim =
                wire.call("set_value", "path", CLAIM.elements(), "value", Map.of("node", node, "started", 1.0));
        return "run any.home.heat@" + node + "#" + number(claim, "tock");
    }

    private List<List<Object>> guard(String run) {
        return List.of(List.of(CLAIM.elements(), Long.parseLong(run.substring(run.indexOf('#') + 1))));
    }

    @Test
    void anOpenServerKnowsNobody() throws IOException {
        assertThat(author(wire.call("set_value", "path", path("a"), "value", 1)))
                .isEqualTo("everybody");
    }

    @Test
    void everyKindOfWriteSaysWhoMadeIt() throws IOException {
        logIn(wire);
        assertThat(author(wire.call("set_value", "path", path("a"), "value", 1)))
                .isEqualTo("token backup");
        assertThat(author(wire.call("set_value", "path", path("a"), "value", 2, "prev", 1)))
                .isEqualTo("token backup");
        assertThat(author(wire.call("set_value", "path", path("t", "b"), "value", 1)))
                .isEqualTo("token backup");
        assertThat(author(wire.call("commit", "writes", List.of(Map.of("path", path("c"), "value", 1)))))
                .isEqualTo("token backup");
        assertThat(author(wire.call("delete_value", "path", path("a")))).isEqualTo("token backup");
        assertThat(author(wire.call("get_tock"))).isEqualTo("token backup");
        assertThat(author(wire.call("set_internal", "path", path("x"), "value", 1)))
                .isEqualTo("token backup");
        long before = store.load().revision();
        wire.call("delete_tree", "path", path("t"));
        wire.call("session", "ttl", 10);
        long after = store.load().revision();
        assertThat(after).isGreaterThan(before + 1);
        for (long revision = before + 1; revision <= after; revision++) {
            assertThat(store.origin(distkv.model.Revision.tick(revision, 0))).isEqualTo(new Origin("token backup"));
        }
    }

    @Test
    void aWriteThatAClaimGuardsIsItsRuns() throws IOException {
        String run = claim("attic");
        assertThat(author(wire.call("set_value", "path", path("a"), "value", 1, "guard", guard(run))))
                .isEqualTo(run);
        String next = claim("cellar");
        assertThat(author(wire.call("set_value", "path", path("a"), "value", 2, "guard", guard(next))))
                .isEqualTo(next);
        assertThat(wire.call("set_value", "path", path("a"), "value", 3, "guard", guard(run)))
                .containsEntry("etype", "guard");
    }

    @Test
    void aRunIsNamedWithTheCodeThatItHasBegunWith() throws IOException {
        List<Object> code = Path.parse(":.distkv.code.proc.demo.x").elements();
        long stored = number(wire.call("set_value", "path", code, "value", Map.of("code", "return 1")), "tock");
        wire.call(
                "set_value",
                "path",
                Path.parse(":.distkv.run.any.home.heat").elements(),
                "value",
                Map.of("code", Path.of("demo", "x")));
        String run = claim("attic");
        assertThat(author(wire.call("set_value", "path", path("a"), "value", 1, "guard", guard(run))))
                .isEqualTo(run + "/" + stored);
        wire.call("set_value", "path", code, "value", Map.of("code", "return 2"));
        assertThat(author(wire.call("set_value", "path", path("a"), "value", 2, "guard", guard(run))))
                .isEqualTo(run + "/" + stored);
    }

    @Test
    void aGuardThatIsNoClaimNamesNobody() throws IOException {
        long a = number(wire.call("set_value", "path", path("a"), "value", 1), "tock");
        assertThat(author(
                        wire.call("set_value", "path", path("b"), "value", 1, "guard", List.of(List.of(path("a"), a)))))
                .isEqualTo("everybody");
    }

    @Test
    void aPersonDoesNotHideBehindAClaim() throws IOException {
        String run = claim("attic");
        WireClient person = fixture.wire();
        logIn(person);
        assertThat(author(person.call("set_value", "path", path("a"), "value", 1, "guard", guard(run))))
                .isEqualTo("token backup");
    }

    @Test
    void aNameIsNeverTooLong() throws IOException {
        Path path = Path.parse(":.distkv.claim.any.home").child("long".repeat(1_000));
        long claim = number(
                wire.call(
                        "set_value",
                        "path",
                        path.elements(),
                        "value",
                        Map.of("node", "n".repeat(5_000), "started", 1.0)),
                "tock");
        assertThat(author(wire.call(
                        "set_value", "path", path("a"), "value", 1, "guard", List.of(List.of(path.elements(), claim)))))
                .startsWith("run any.home.longlong")
                .contains("…@nnn")
                .endsWith("…#" + claim)
                .hasSizeLessThan(Origin.MAX_BY);
    }

    @Test
    void aReplySaysWhoAndWhyOnlyIfThatIsAskedFor() throws IOException {
        String run = claim("attic");
        long cause = number(wire.call("set_value", "path", path("in"), "value", 1), "tock");
        Object done = WireClient.get(
                wire.call("set_value", "path", path("out"), "value", 1, "guard", guard(run), "cause", cause), "tock");
        assertThat(wire.call("get_value", "path", path("out"), "by", true))
                .containsEntry("by", run)
                .containsEntry("cause", cause)
                .containsEntry("tock", done);
        assertThat(wire.call("get_value", "path", path("in"), "by", true))
                .containsEntry("by", "everybody")
                .doesNotContainKey("cause");
        assertThat(wire.call("get_value", "path", path("nothing"), "by", true)).doesNotContainKey("by");
        assertThat(wire.call("get_value", "path", path("out"))).doesNotContainKeys("by", "cause");
    }

    @Test
    void itemsOfStreamsSayWhoAndWhyOnlyIfThatIsAskedFor() throws IOException {
        wire.call("commit", "writes", List.of(Map.of("path", path("t", "a"), "value", 1)), "cause", 77);
        write(Path.of("t", "b"), Values.encode(2L));
        wire.call("get_tock");
        List<Map<String, Object>> tree = wire.readStream(wire.ask("get_tree", "path", path("t"), "by", true));
        assertThat(tree.get(1)).containsEntry("by", "everybody").containsEntry("cause", 77L);
        assertThat(tree.get(2)).containsEntry("value", 2L).doesNotContainKeys("by", "cause");
        assertThat(wire.readStream(wire.ask("get_tree", "path", path("t"))).get(1))
                .doesNotContainKeys("by", "cause");
        WireClient watcher = fixture.wire();
        watcher.ask("watch", "path", path("t"), "by", true);
        assertThat(watcher.read()).containsEntry("state", "start");
        wire.call("delete_tree", "path", path("t"), "cause", 78);
        assertThat(watcher.read()).containsEntry("by", "everybody").containsEntry("cause", 78L);
    }

    @Test
    void onlyWhoMayDoEverythingRecordsOthers() throws IOException {
        Object writes = List.of(Map.of("path", path("a"), "value", 1));
        assertThat(author(wire.call("commit", "writes", writes, "by", "anna"))).isEqualTo("anna");
        WireClient author = fixture.wire();
        assertThat(author.readStream(author.ask("auth", "typ", "token", "token", other.secret())))
                .hasSize(2);
        assertThat(author(author.call("commit", "writes", writes))).isEqualTo("token author");
        assertThat(author.call("commit", "writes", writes, "by", "anna"))
                .containsEntry("etype", "access")
                .containsEntry("error", "access: token author may not admin :n.# (expected: the right admin there)");
    }
}
