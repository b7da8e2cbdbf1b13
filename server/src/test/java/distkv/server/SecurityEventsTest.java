package distkv.server;

import static distkv.server.WireClient.number;
import static distkv.server.WireClient.path;
import static org.assertj.core.api.Assertions.assertThat;

import distkv.access.AccessTable;
import distkv.access.Grant;
import distkv.access.Token;
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
                        "log-in-failed  ?  127.0.0.1  -  wrong token",
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
    void aLargeDeletionIsOneLineInTheEnd() throws IOException {
        WireClient owner = as(OWNER);
        owner.call("delete_tree", "path", below(":.distkv.code.proc.", "many"));
        List<String> lines = log();
        assertThat(lines).hasSize(1 + 16 + 1);
        assertThat(lines.getLast()).startsWith("log  token owner  127.0.0.1  -  24 more in revision ");
    }
}
