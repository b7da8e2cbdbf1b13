package distkv.server;

import static distkv.server.WireClient.number;
import static distkv.server.WireClient.path;
import static org.assertj.core.api.Assertions.assertThat;

import distkv.access.AccessTable;
import distkv.access.Grant;
import distkv.access.PasswordHash;
import distkv.access.Token;
import distkv.access.User;
import distkv.access.audit.AuditLine;
import distkv.access.audit.AuditReader;
import distkv.model.Commit;
import distkv.model.Expectation;
import distkv.model.Value;
import distkv.model.Write;
import distkv.protocol.Values;
import distkv.store.engine.MemoryStore;
import java.io.IOException;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** What a server writes to its audit log. */
@Timeout(60)
class SecurityEventsTest {
    private static final Token.Created OWNER = token("owner");
    private static final Token.Created VIEWER = token("viewer");

    @TempDir
    Path directory;

    private final MemoryStore store = new MemoryStore("tree");
    private ServerFixture fixture;

    @BeforeEach
    void start() throws IOException {
        for (Token.Created token : List.of(OWNER, VIEWER)) {
            write(AccessTable.token(token.token().id()), token.token().encode());
        }
        for (int i = 0; i < 40; i++) {
            write(distkv.model.Path.parse(":.distkv.code.proc.many").child((long) i), Values.encode(1L));
        }
        fixture = new ServerFixture(ServerFixture.OPTIONS.open(false).in(directory), store);
    }

    @AfterEach
    void close() throws IOException {
        fixture.close();
    }

    private static Token.Created token(String role) {
        return Token.create(role, List.of(new Grant(role)), 0, "olga", new SecureRandom());
    }

    private void write(distkv.model.Path path, Value value) {
        store.commit(Commit.of(Write.set(path, value, Expectation.anything()))).join();
    }

    private WireClient as(Token.Created token) throws IOException {
        WireClient wire = fixture.wire();
        assertThat(wire.readStream(wire.ask("auth", "typ", "token", "token", token.secret())))
                .hasSize(2);
        return wire;
    }

    /** The lines without their times, once the server has written all of them. */
    private List<String> log() throws IOException {
        fixture.close();
        List<String> texts = new ArrayList<>();
        try (AuditReader reader = new AuditReader(directory)) {
            for (List<AuditLine> some = reader.read(); !some.isEmpty(); some = reader.read()) {
                some.forEach(line -> texts.add(line.toText().replaceFirst("\\S+  ", "")));
            }
        }
        return texts;
    }

    private static List<Object> below(String prefix, String path) {
        return distkv.model.Path.parse(prefix + path).elements();
    }

    @Test
    void logInsAndWhatIsDeniedAreRecorded() throws IOException {
        WireClient nobody = fixture.wire();
        nobody.readStream(nobody.ask("auth", "typ", "token", "token", "dkv_abc_def"));
        WireClient viewer = as(VIEWER);
        assertThat(viewer.call("set_value", "path", path("room", "temp"), "value", 1))
                .containsEntry("etype", "access");
        assertThat(viewer.call("get_value", "path", path("room", "temp"))).doesNotContainKey("error");
        assertThat(log())
                .containsExactly(
                        "log-in-failed  ?  127.0.0.1  -  unknown token",
                        "log-in  token viewer  127.0.0.1  -  by token",
                        "denied  token viewer  127.0.0.1  room.temp  no right to write");
    }

    @Test
    void changesOfCodeJobsAndRightsAreRecordedAndOthersAreNot() throws IOException {
        WireClient owner = as(OWNER);
        long code = number(
                owner.call("set_value", "path", below(":.distkv.code.proc.", "demo.x"), "value", Map.of("code", "1")),
                "tock");
        long module = number(owner.call("delete_value", "path", below(":.distkv.code.module.", "demo.y")), "tock");
        long job = number(
                owner.call(
                        "commit",
                        "writes",
                        List.of(
                                Map.of("path", path("data"), "value", 1),
                                Map.of("path", below(":.distkv.run.any.", "home.heat"), "value", Map.of("target", 1)))),
                "tock");
        Object call = Map.of("target", 1);
        assertThat(owner.call("set_value", "path", below(":.distkv.run.any.", "home.:.call.abc"), "value", call))
                .containsEntry("changed", true);
        owner.call("set_value", "path", below(":.distkv.state.any.", "home.heat"), "value", 1);
        Object role = Map.of("rules", List.of());
        Map<String, Object> refused =
                owner.call("set_internal", "path", path("access", "role", "x"), "value", Map.of("rules", "nonsense"));
        assertThat(refused).containsKey("error");
        long rights = number(owner.call("set_internal", "path", path("access", "role", "x"), "value", role), "tock");
        String who = "  token owner  127.0.0.1  ";
        assertThat(log())
                .containsExactly(
                        "log-in" + who + "-  by token",
                        "code" + who + ":.distkv.code.proc.demo.x  written, tick " + code,
                        "code" + who + ":.distkv.code.module.demo.y  deleted, tick " + module,
                        "job" + who + ":.distkv.run.any.home.heat  written, tick " + job,
                        "rights" + who + ":n.access.role.x  written, tick " + rights);
    }

    @Test
    void aStreamThatLosesItsRightIsDeniedThen() throws IOException {
        WireClient owner = as(OWNER);
        owner.call("set_internal", "path", path("access", "role", "hall"), "value", rule("hall"));
        Token.Created guest = token("hall");
        owner.call(
                "set_internal",
                "path",
                path("access", "token", guest.token().id()),
                "value",
                Values.decode(guest.token().encode()));
        WireClient wire = as(guest);
        Long watch = wire.ask("watch", "path", path("hall"), "max_depth", 0, "fetch", true);
        while (!"uptodate".equals(wire.read().get("state"))) {}
        owner.call("set_internal", "path", path("access", "role", "hall"), "value", rule("room"));
        wire.readWhere(message -> watch.equals(message.get("seq")) && message.containsKey("error"));
        assertThat(log()).contains("denied  token hall  127.0.0.1  hall  no right to read");
    }

    private static Map<String, Object> rule(String pattern) {
        return Map.of("rules", List.of(Map.of("at", pattern, "allow", List.of("read"))));
    }

    @Test
    void whoLetsAClientInByACodeIsRecordedAndWhoTriesInVain() throws IOException {
        User anna =
                new User("anna", List.of(new Grant("viewer")), PasswordHash.of(PasswordHash.digest("secret")), false);
        as(OWNER)
                .call(
                        "set_internal",
                        "path",
                        path("access", "user", "anna"),
                        "value",
                        Values.decode(anna.encode(null)));
        WireClient wire = fixture.wire();
        wire.readStream(wire.ask("auth", "typ", "password", "ident", "anna", "password", "secret"));
        WireClient laptop = fixture.wire();
        Map<?, ?> asked = (Map<?, ?>) WireClient.get(laptop.call("auth_code", "client", "laptop"), "result");
        assertThat(wire.call("auth_approve", "code", "BBBB-BBBB")).containsKey("error");
        assertThat(as(VIEWER).call("auth_approve", "code", asked.get("code"), "approved", true))
                .containsKey("error");
        wire.call("auth_approve", "code", asked.get("code"));
        wire.call("auth_approve", "code", asked.get("code"), "approved", true);
        laptop.readStream(laptop.ask("auth", "typ", "code", "token", asked.get("secret")));
        Map<?, ?> other = (Map<?, ?>) WireClient.get(fixture.wire().call("auth_code", "client", "phone"), "result");
        wire.call("auth_approve", "code", other.get("code"), "approved", false);
        assertThat(wire.call("auth_token", "id", "00112233aabb")).containsEntry("etype", "access");
        assertThat(log())
                .endsWith(
                        "log-in  anna  127.0.0.1  -  by password",
                        "denied  anna  127.0.0.1  -  nobody waits with the code",
                        "log-in  token viewer  127.0.0.1  -  by token",
                        "denied  token viewer  127.0.0.1  -  only users can approve a code",
                        "approve  anna  127.0.0.1  :n.access.user.anna  laptop at 127.0.0.1 may log in",
                        "log-in  anna  127.0.0.1  -  by code",
                        "approve  anna  127.0.0.1  -  refused phone at 127.0.0.1",
                        "denied  anna  127.0.0.1  -  id: not a token of yours (expected: one that 'distkv login' has"
                                + " made)");
    }

    @Test
    void whoNamesSomebodyElseForAJobInVainIsRecorded() throws IOException {
        Token.Created author = token("author");
        as(OWNER)
                .call(
                        "set_internal",
                        "path",
                        path("access", "token", author.token().id()),
                        "value",
                        Values.decode(author.token().encode()));
        Object job = Map.of("code", path("x"), "as", "token owner");
        assertThat(as(author).call("set_value", "path", below(":.distkv.run.any.", "home.heat"), "value", job))
                .containsEntry("etype", "access");
        assertThat(log())
                .last()
                .asString()
                .startsWith("denied  token author  127.0.0.1  :.distkv.run.any.home.heat  as: token owner (expected: ");
    }

    @Test
    void aLargeDeletionIsOneLineInTheEnd() throws IOException {
        WireClient owner = as(OWNER);
        owner.call("delete_tree", "path", below(":.distkv.code.proc.", "many"));
        List<String> lines = log();
        assertThat(lines).hasSize(1 + 16 + 1);
        assertThat(lines.getLast()).startsWith("log  token owner  127.0.0.1  -  24 more in revision ");
    }
}
