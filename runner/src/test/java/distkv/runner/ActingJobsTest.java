package distkv.runner;

import static org.assertj.core.api.Assertions.assertThat;

import distkv.access.AccessTable;
import distkv.access.Grant;
import distkv.access.User;
import distkv.client.Client;
import distkv.client.ClientOptions;
import distkv.client.RunTokens;
import distkv.model.Path;
import distkv.protocol.Values;
import distkv.schema.job.Kind;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Jobs whose workers have no other way to the server than the tokens of their runs. */
class ActingJobsTest {
    private static final Path TEMP = Path.of("room", "temp");
    private static final Path HALL = Path.of("hall", "temp");

    private static final String PYTHON = """
            tries = [
                lambda: _client.get(_P('hall.temp')),
                lambda: _client.set(_P('hall.temp'), value=1),
                lambda: _client.request('set_value', path=('room', 'temp'), value=1),
            ]
            await _client.set(_P('room.temp'), value=22)
            said = [(await _client.get(_P('room.temp'))).value]
            for one in tries:
                try:
                    await one()
                except Exception as exc:
                    said.append(str(exc))
            said.extend(_client.link._runs._tokens)
            return said
            """;

    private static final String JAVA = """
            interface Attempt { void run() throws Exception; }

            List<Object> run(Context self) throws Exception {
                List<Object> said = new ArrayList<>();
                self.set(Path.of("room", "temp"), 22L);
                said.add(self.get(Path.of("room", "temp")));
                List<Attempt> tries = List.of(
                        () -> self.get(Path.of("hall", "temp")),
                        () -> self.set(Path.of("hall", "temp"), 1L));
                for (Attempt one : tries) {
                    try {
                        one.run();
                    } catch (RuntimeException e) {
                        said.add(e.getMessage());
                    }
                }
                var run = self.getClass().getDeclaredField("run");
                run.setAccessible(true);
                var token = run.get(self).getClass().getDeclaredField("token");
                token.setAccessible(true);
                said.add(token.get(run.get(self)));
                return said;
            }
            """;

    @TempDir
    private static java.nio.file.Path directory;

    private static World world;
    private static Cable cable;

    @BeforeAll
    static void start() throws Exception {
        world = World.closed(directory.resolve("socket"));
        user("anna", new Grant("editor", Path.of("room")));
        user("bob", new Grant("viewer"));
        world.set(TEMP, 21);
        world.set(HALL, 19);
        cable = new Cable(world.server.port());
        world.runner(world.options("vm", Kind.ANY).server("127.0.0.1", cable.port()));
    }

    @AfterAll
    static void stop() throws Exception {
        world.close();
        cable.close();
    }

    private static void user(String name, Grant... roles) throws InterruptedException {
        Path below = AccessTable.user(name).tail(1);
        world.client.setInternal(below, new User(name, List.of(roles), null, false).encode(null));
    }

    private static Path entry(String job) {
        return World.entry(Kind.ANY, "vm", job);
    }

    private static Path state(String job) {
        return World.state(Kind.ANY, "vm", job);
    }

    /** Why the server refuses a token. */
    private static String refusal(String token) throws Exception {
        CompletableFuture<String> why = new CompletableFuture<>();
        RunTokens tokens = new RunTokens();
        tokens.add(token, why::complete);
        try (Client _ =
                Client.begin(ClientOptions.of("127.0.0.1", world.server.port()), tokens, Duration.ofSeconds(10))) {
            return why.get(30, TimeUnit.SECONDS);
        }
    }

    private static void check(@Nullable Object result, String job, int refusals) throws Exception {
        List<?> said = (List<?>) Objects.requireNonNull(result);
        assertThat(said).hasSize(refusals + 2);
        assertThat(said.getFirst()).isEqualTo(22L);
        assertThat(String.valueOf(said.get(1)))
                .startsWith("access: run any.default." + job + "@vm#")
                .contains(", acting as anna, may not read hall.temp (expected: the right read there)");
        assertThat(String.valueOf(said.get(2))).contains(", acting as anna, may not write hall.temp");
        assertThat(world.value(HALL)).isEqualTo(19L);
        assertThat(refusal(String.valueOf(said.getLast()))).contains("run: it is over");
    }

    @Test
    void aRunInPythonMayDoWhatItsUserMayUntilItIsOver() throws Exception {
        world.code("tries", PYTHON);
        world.set(entry("python"), World.job("tries", "as", "anna"));
        Object result = world.result(state("python"));
        check(result, "python", 3);
        assertThat(String.valueOf(((List<?>) Objects.requireNonNull(result)).get(3)))
                .contains("may not write without its claim");
    }

    @Test
    void aRunInJavaMayDoWhatItsUserMayUntilItIsOver() throws Exception {
        world.code("javaTries", JAVA, null, Map.of("language", "java"));
        world.set(entry("java"), World.job("javaTries", "as", "anna"));
        check(world.result(state("java")), "java", 2);
    }

    @Test
    void syncCodeAndThreadsActAsTheirUserToo() throws Exception {
        for (Boolean async : new Boolean[] {false, null}) {
            String name = async == null ? "thread" : "sync";
            world.code(name, """
                    try:
                        return _client.get(_P('hall.temp')).value
                    except Exception as exc:
                        return str(exc)
                    """, async, Map.of());
            world.set(entry(name), World.job(name, "as", "anna"));
            assertThat(String.valueOf(world.result(state(name)))).contains(", acting as anna, may not read hall.temp");
            world.set(entry(name), World.job(name, "as", "bob"));
            world.await(state(name) + " as bob", () -> Long.valueOf(19).equals(world.state(state(name), "result")));
        }
    }

    @Test
    void aJobThatIsToActAsSomebodyElseStartsAgain() throws Exception {
        world.code("wait", """
                await _self.setup_done()
                await _client.set(_P('room.who'), value=name)
                async for msg in _info:
                    pass
                """);
        Map<String, @Nullable Object> job = World.job("wait", "data", Map.of("name", "one"), "as", "anna");
        world.set(entry("wait"), job);
        world.await(Path.of("room", "who"), "one"::equals);
        double started = world.number(state("wait"), "started");
        job.put("as", "bob");
        world.set(entry("wait"), job);
        world.await(
                "the error of the second run",
                () -> world.below(World.ERROR).values().stream()
                        .map(error -> String.valueOf(Values.decode(Objects.requireNonNull(error.value()))))
                        .anyMatch(error -> error.contains(", acting as bob, may not write room.who")));
        assertThat(world.number(state("wait"), "started")).isGreaterThan(started);
    }

    @Test
    void aRunLogsInAgainWhenItsConnectionIsLost() throws Exception {
        world.code("go", """
                await _client.set(_P('room.began'), value=True)
                await _self.watch(_P('room.mended'))
                async for msg in _info:
                    if isinstance(msg, _cls.ChangeMsg):
                        break
                await _client.set(_P('room.done'), value=True)
                """);
        world.set(entry("go"), World.job("go", "as", "anna"));
        world.await(Path.of("room", "began"), Boolean.TRUE::equals);
        cable.cut();
        cable.mend();
        world.set(Path.of("room", "mended"), true);
        world.await(Path.of("room", "done"), Boolean.TRUE::equals);
    }
}
