package distkv.runner;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import distkv.code.CodeException;
import distkv.code.call.CodeOptions;
import distkv.code.call.CodeRoot;
import distkv.model.Commit;
import distkv.model.Expectation;
import distkv.model.Origin;
import distkv.model.Path;
import distkv.model.Write;
import distkv.protocol.Values;
import distkv.runner.accept.NodePolicy;
import distkv.runner.accept.SigningMode;
import distkv.schema.code.CodeId;
import distkv.schema.job.Kind;
import distkv.schema.job.Limits;
import distkv.schema.sign.SignedContent;
import distkv.schema.sign.SignedName;
import distkv.schema.sign.SigningKey;
import distkv.schema.sign.TrustedKeys;
import java.nio.file.Files;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Real runners and workers of nodes that start only what somebody has signed whom they trust. */
class SignedJobsTest {
    private static final Path MODULES = Path.of(".distkv", "code", "module");
    private static final SigningKey ANNA = SigningKey.create();

    private World world;

    @TempDir
    java.nio.file.Path directory;

    @BeforeEach
    void start() throws Exception {
        world = new World();
    }

    @AfterEach
    void stop() throws Exception {
        world.close();
    }

    private NodePolicy required() {
        TrustedKeys keys =
                new TrustedKeys(List.of(new TrustedKeys.TrustedKey(Path.of("demo"), ANNA.verifyingKey(), "anna")));
        return new NodePolicy(
                SigningMode.REQUIRED, keys, directory.resolve("accepted"), Set.of(), Set.of(), Limits.NONE);
    }

    private RunnerOptions options(String node, Kind... kinds) {
        return world.options(node, kinds).policy(required());
    }

    private void store(CodeId piece, Map<?, ?> fields) throws Exception {
        world.set((piece.sort() == CodeId.Sort.MODULE ? MODULES : World.PROC).append(piece.path()), fields);
    }

    private static Map<Object, @Nullable Object> signed(CodeId piece, long revision, Map<?, ?> fields) {
        return SignedContent.sign(fields, SignedName.of(piece), revision, ANNA);
    }

    private static Map<String, @Nullable Object> python(String source) {
        return new LinkedHashMap<>(Map.of("code", source, "is_async", true));
    }

    private void begin(Kind kind, String node, String job, String code) throws Exception {
        world.set(World.entry(kind, node, job), World.job(code));
    }

    private void reason(Path state, String text) throws Exception {
        world.await(text + " in " + state, () -> text.equals(world.state(state, "reason")));
    }

    @Test
    void whatIsNotSignedAsItIsDoesNotStart() throws Exception {
        CodeId scale = CodeId.procedure(Path.parse("demo.scale"));
        CodeId units = CodeId.module(Path.parse("demo.units"));
        Map<Object, @Nullable Object> first = signed(scale, 1, python("import demo.units\nreturn demo.units.x"));
        store(scale, python("import demo.units\nreturn 13"));
        Runner runner = world.runner(options("one", Kind.AT));
        begin(Kind.AT, "one", "job", "demo.scale");
        Path state = World.state(Kind.AT, "one", "job");
        reason(state, "unsigned: procedure demo.scale");
        assertThat(world.state(state, "reason_code")).isEqualTo("unsigned");
        assertThat(world.error("run", World.entry(Kind.AT, "one", "job"), false).get("message"))
                .isEqualTo("procedure demo.scale is not signed (expected: a signature by a key that this node trusts)");
        world.logged("not accepted here: procedure demo.scale is not signed");

        // A module is code: it is not there for what imports it.
        store(units, Map.of("code", "x = 13"));
        store(scale, first);
        assertThat(world.error("compile", MODULES.append(units.path()), false).get("message"))
                .asString()
                .contains("module demo.units is not signed");
        store(units, signed(units, 1, Map.of("code", "x = 21")));
        world.await("21", () -> Long.valueOf(21).equals(world.state(state, "result")));
        world.error("run", World.entry(Kind.AT, "one", "job"), true);

        Map<Object, @Nullable Object> altered = new LinkedHashMap<>(first);
        altered.put("code", "return 13");
        store(scale, altered);
        begin(Kind.AT, "one", "job", "demo.scale");
        reason(state, "altered: procedure demo.scale");

        CodeId other = CodeId.procedure(Path.parse("demo.other"));
        store(other, first);
        begin(Kind.AT, "one", "moved", "demo.other");
        reason(World.state(Kind.AT, "one", "moved"), "signed for another path: procedure demo.other");

        // What was accepted is known to the next runner of the node, and a revert has to be signed.
        store(scale, signed(scale, 2, python("return 42")));
        world.await("42", () -> Long.valueOf(42).equals(world.state(state, "result")));
        runner.close();
        store(scale, first);
        begin(Kind.AT, "one", "job", "demo.scale");
        world.runner(options("one", Kind.AT));
        reason(state, "older than accepted: procedure demo.scale");
        store(scale, signed(scale, 3, first));
        world.await("21", () -> Long.valueOf(21).equals(world.state(state, "result")));
    }

    @Test
    void anotherNodeRunsWhatOneDoesNotAccept() throws Exception {
        CodeId scale = CodeId.procedure(Path.parse("demo.scale"));
        Map<String, Object> java = Map.of("code", "long run() { return 42; }", "language", "java");
        store(scale, java);
        world.runner(options("strict", Kind.ANY));
        begin(Kind.ANY, "", "job", "demo.scale");
        Path state = World.state(Kind.ANY, "", "job");
        reason(state, "no node accepts it");
        assertThat(world.state(state, "reason_code")).isEqualTo("no node accepts");
        assertThat(world.error("run", World.entry(Kind.ANY, "", "job"), false).get("message"))
                .isEqualTo("procedure demo.scale is not signed (expected: a signature by a key that this node trusts)");

        Runner lenient = world.runner("lenient", Kind.ANY);
        assertThat(world.result(state)).isEqualTo(42L);
        assertThat(world.log).noneMatch(line -> line.text().contains("strict claims"));
        lenient.close();

        try (CodeRoot calls = CodeRoot.open(world.client, CodeOptions.defaults())) {
            assertThatThrownBy(() -> calls.callIn("default", scale.path(), Map.of()))
                    .isInstanceOf(CodeException.class)
                    .hasMessageContaining("procedure demo.scale is not signed");
            store(scale, signed(scale, 1, java));
            begin(Kind.ANY, "", "again", "demo.scale");
            assertThat(world.result(World.state(Kind.ANY, "", "again"))).isEqualTo(42L);
            assertThat(calls.callIn("default", scale.path(), Map.of())).isEqualTo(42L);
        }
    }

    @Test
    void codeDoesNotReadOtherCodePastTheNode() throws Exception {
        CodeId python = CodeId.procedure(Path.parse("demo.python"));
        CodeId java = CodeId.procedure(Path.parse("demo.java"));
        store(CodeId.procedure(Path.parse("demo.evil")), python("return 13"));
        store(python, signed(python, 1, python("""
                                from distkv.code import CodeRoot
                                return await (await CodeRoot.as_handler(_client))('demo.evil')
                                """)));
        store(java, signed(java, 1, Map.of("language", "java", "code", """
                        import distkv.code.*;
                        import distkv.code.call.CodeRoot;

                        Object run(Context self) throws Exception {
                            return CodeRoot.open(self.client()).call("demo.evil");
                        }
                        """)));
        world.runner(options("one", Kind.AT));
        for (String name : List.of("demo.python", "demo.java")) {
            begin(Kind.AT, "one", name, name);
            assertThat(world.error("run", World.entry(Kind.AT, "one", name), false)
                            .get("message"))
                    .asString()
                    .contains("this node starts only signed code");
        }
    }

    @Test
    void codeIsOfAcceptedAuthors() throws Exception {
        CodeId scale = CodeId.procedure(Path.parse("demo.scale"));
        storeBy("ben", scale, python("return 13"));
        NodePolicy policy =
                new NodePolicy(SigningMode.OFF, TrustedKeys.NONE, null, Set.of("anna", "owner"), Set.of(), Limits.NONE);
        world.runner(world.options("one", Kind.AT).policy(policy));
        begin(Kind.AT, "one", "job", "demo.scale");
        Path state = World.state(Kind.AT, "one", "job");
        reason(state, "author not accepted: procedure demo.scale");
        storeBy("anna", scale, python("return 13"));
        assertThat(world.result(state)).isEqualTo(13L);
    }

    private void storeBy(String author, CodeId piece, Map<?, ?> fields) throws Exception {
        Write write = Write.set(World.PROC.append(piece.path()), Values.encode(fields), Expectation.anything());
        world.client.commit(new Commit(List.of(write), List.of(), null, new Origin(author)));
    }

    @Test
    void aGroupThatTheNodeDoesNotAcceptIsNotServed() {
        NodePolicy policy =
                new NodePolicy(SigningMode.OFF, TrustedKeys.NONE, null, Set.of(), Set.of("house"), Limits.NONE);
        assertThatThrownBy(() -> world.runner(world.options("one", Kind.ANY).policy(policy)))
                .isInstanceOf(RunnerException.class)
                .hasMessage("group: default (expected: one that this node accepts: house)");
    }

    @Test
    void aFileOfRevisionsThatCannotBeReadIsNotTakenForNone() throws Exception {
        Files.writeString(directory.resolve("accepted"), "what?");
        assertThatThrownBy(() -> world.runner(options("one", Kind.ANY)))
                .isInstanceOf(RunnerException.class)
                .hasMessageContaining("not readable");
    }
}
