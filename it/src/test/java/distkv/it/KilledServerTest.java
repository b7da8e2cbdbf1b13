package distkv.it;

import static org.assertj.core.api.Assertions.assertThat;

import distkv.client.Client;
import distkv.client.ClientException;
import distkv.client.ClientOptions;
import distkv.client.ServerConnectionException;
import distkv.model.Entry;
import distkv.protocol.Values;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import java.util.function.BooleanSupplier;
import org.awaitility.Awaitility;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** A server that is killed and started again under jobs that write without a pause: it costs them nothing. */
@Timeout(300)
class KilledServerTest {
    private static final int KILLS = Boolean.getBoolean("long") ? 20 : 1;
    private static final List<String> JOBS = List.of("python", "java");

    /** Each write requires the one before it, so one that was made twice, or not at all, is an error. */
    private static final String PYTHON = """
            import anyio
            with open(f'{directory}/python', 'a') as file:
                file.write('x')
            await _self.setup_done()
            chain = None
            n = 0
            while True:
                while not _client.connected:  # only what is under way goes on by itself
                    await anyio.sleep(0.001)
                n += 1
                chain = (await _client.set(_P('beat.python'), value=n, chain=chain, nchain=1)).chain
            """;

    private static final String JAVA = """
            import distkv.client.ServerConnectionException;
            import distkv.model.Expectation;
            import distkv.protocol.Values;
            import java.nio.file.Files;
            import java.nio.file.StandardOpenOption;

            void run(Context self, String directory) throws Exception {
                Files.writeString(java.nio.file.Path.of(directory, "java"), "x",
                        StandardOpenOption.CREATE, StandardOpenOption.APPEND);
                self.setupDone();
                Path beat = Path.parse("beat.java");
                Expectation before = Expectation.absent();
                long n = 0;
                while (true) {
                    try {
                        before = Expectation.at(self.client().set(beat, Values.encode(n + 1), before));
                        n++;
                    } catch (ServerConnectionException e) {
                        if (e.outcomeUnknown()) {
                            throw e;
                        }
                        self.client().awaitConnected();
                    }
                }
            }
            """;

    @TempDir
    private Path directory;

    private @Nullable Process server;

    private int start(int port) throws IOException {
        List<String> command = JavaProgram.command(
                ServerProgram.class.getName(), List.of(directory.resolve("data").toString(), Integer.toString(port)));
        Process started = new ProcessBuilder(command)
                .redirectError(ProcessBuilder.Redirect.appendTo(
                        directory.resolve("server.log").toFile()))
                .start();
        server = started;
        return Integer.parseInt(started.inputReader().readLine());
    }

    private void kill() throws InterruptedException {
        if (server != null) {
            server.destroyForcibly().waitFor();
        }
    }

    @Test
    void eachWriteIsMadeOnceAndNoRunEnds() throws Exception {
        Random random = new Random();
        int port = start(0);
        try (Client client = Client.connect(ClientOptions.of("127.0.0.1", port)
                        .withRetry(Duration.ofMillis(10), Duration.ofMillis(100))
                        .withCallTimeout(Duration.ofMinutes(2)));
                RunnerProcess runner =
                        RunnerProcess.start(directory.resolve("runner.log"), port, "one", Duration.ofMinutes(10))) {
            runner.awaitReady();
            code(client, "python", Map.of("code", PYTHON, "is_async", true));
            code(client, "java", Map.of("code", JAVA, "language", "java"));
            await("writes", () -> JOBS.stream().allMatch(job -> count(client, job) > 0) || hasFailed(client));
            for (int i = 0; i < KILLS; i++) {
                Thread.sleep(random.nextInt(300));
                kill();
                start(port);
                client.awaitConnected();
                for (String job : JOBS) {
                    long before = count(client, job);
                    await("more writes of " + job, () -> count(client, job) > before + 20 || hasFailed(client));
                }
            }
            assertThat(errors(client)).isEmpty();
            for (String job : JOBS) {
                assertThat(Files.readString(directory.resolve(job)))
                        .as("starts of " + job + "\n" + Files.readString(directory.resolve("runner.log")))
                        .isEqualTo("x");
            }
        } finally {
            kill();
        }
    }

    private void code(Client client, String name, Map<String, Object> code) throws InterruptedException {
        client.set(distkv.model.Path.of(".distkv", "code", "proc", name), Values.encode(code));
        client.set(
                distkv.model.Path.of(".distkv", "run", "any", "default", name),
                Values.encode(Map.of(
                        "code",
                        distkv.model.Path.of(name),
                        "target",
                        1.0,
                        "data",
                        Map.of("directory", directory.toString()))));
    }

    /** A machine that is busy may take long to start a virtual machine. */
    private static void await(String what, BooleanSupplier isSo) {
        Awaitility.await(what)
                .atMost(Duration.ofMinutes(2))
                .pollInterval(Duration.ofMillis(5))
                .until(isSo::getAsBoolean);
    }

    private static boolean hasFailed(Client client) {
        try {
            return !errors(client).isEmpty();
        } catch (ServerConnectionException e) {
            return false;
        } catch (InterruptedException e) {
            throw new AssertionError(e);
        }
    }

    /** What jobs have failed with. */
    private static List<String> errors(Client client) throws InterruptedException {
        return client.tree(distkv.model.Path.of(".distkv", "error")).stream()
                .map(entry -> entry.value() == null ? "" : String.valueOf(Values.decode(entry.value())))
                .toList();
    }

    /** How often the job has written; 0 while that cannot be seen. */
    private static long count(Client client, String job) {
        try {
            Entry entry = client.get(distkv.model.Path.of("beat", job));
            return entry == null || entry.value() == null
                    ? 0
                    : (Long) Objects.requireNonNull(Values.decode(entry.value()));
        } catch (ServerConnectionException e) {
            return 0;
        } catch (ClientException | InterruptedException e) {
            throw new AssertionError(e);
        }
    }
}
