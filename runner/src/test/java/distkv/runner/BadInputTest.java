package distkv.runner;

import static org.assertj.core.api.Assertions.assertThat;

import distkv.model.Path;
import distkv.schema.job.Kind;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Bad input that only shows when the job is there or runs: one clear error of the job, in the error tree. */
class BadInputTest {
    private static World world;

    @BeforeAll
    static void start() throws Exception {
        world = new World();
        world.runner("vm", Kind.ANY);
    }

    @AfterAll
    static void stop() throws Exception {
        world.close();
    }

    /** What the error tree says of a job: the line, and the exception. */
    private static String errorOf(Path entry) throws Exception {
        Map<?, ?> record = world.error("run", entry, false);
        return String.valueOf(record.get("message"));
    }

    private static void fails(String code, String job, String text) throws Exception {
        Path entry = World.entry(Kind.ANY, "", job);
        world.set(entry, World.job(code));
        assertThat(errorOf(entry)).contains(text);
        world.client.delete(entry);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "async  | return object()                           | type object",
                "thread | return [1, {2}]                           | type set",
                "sync   | return object()                           | type object",
                "async  | await _client.set(_P('x'), value=object()) | type object",
                "async  | await _self.set(_P('x'), {'a': {1}})      | type set",
                "async  | await _self.send(_P('x'), 1j)             | type complex",
                "thread | _client.set(_P('x'), value=object())      | type object",
                "sync   | _client.set(_P('x'), value=object())      | type object",
            })
    void aResultOrValueThatCannotBeEncodedIsTheJobsErrorAndNamesItsType(String mode, String source, String text)
            throws Exception {
        String name = Integer.toHexString((mode + source).hashCode());
        world.code(name, source, Map.of("async", true, "thread", false).get(mode), Map.of());
        fails(name, name, text);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "return new Object();                  | type java.lang.Object",
                "self.set(Path.of(\"x\"), new Object()); return null;        | type java.lang.Object",
                "self.send(Path.of(\"x\"), List.of(Thread.currentThread())); return null; | type java.lang.",
            })
    void aResultOrValueThatCannotBeEncodedIsTheErrorOfAJobInJavaToo(String source, String text) throws Exception {
        String name = Integer.toHexString(source.hashCode());
        String code = "Object run(Context self) throws Exception { " + source + " }";
        world.code(name, code, null, Map.of("language", "java"));
        fails(name, name, text);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "_self.watch(5)                        | the path is 5, a int (expected: a Path",
                "_self.watch(_P('x'), cls=int)         | cls: <class 'int'> (expected: ChangeMsg or a subclass of it)",
                "_self.timer(1, cls=_cls.ReadyMsg)     | (expected: TimerMsg or a subclass of it)",
                "_self.monitor(_P('x'), cls='MQTTmsg') | cls: 'MQTTmsg' (expected: MQTTmsg or a subclass of it)",
            })
    void aWrongArgumentIsTheJobsErrorAndNamesWhatWasExpected(String call, String text) throws Exception {
        String name = Integer.toHexString(call.hashCode());
        world.code(name, "await " + call);
        fails(name, name, text);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "limits | memory    | much | limits.memory: \"much\" (expected: bytes",
                "limits | cpu       | long | limits.cpu: \"long\" (expected: a number of seconds, more than 0)",
                "limits | files     | 1.5  | limits.files: \"1.5\" (expected: an integer",
                "limits | processes | many | limits.processes: \"many\" (expected: an integer",
                "limits | time      | soon | limits.time: \"soon\" (expected: a number of seconds, more than 0)",
                "limits | watts     | 5    | watts",
                "where  | has       | gpio | gpio",
            })
    void aFieldOfItsEntryThatMakesNoSenseIsTheJobsErrorAndIsNamed(String field, String key, String value, String text)
            throws Exception {
        Path entry = World.entry(Kind.ANY, "", field + key);
        Map<String, @Nullable Object> job = World.job("any");
        job.put(field, Map.of(key, value));
        world.set(entry, job);
        assertThat(errorOf(entry)).startsWith(field).contains(text);
    }
}
