package distkv.cli;

import static org.assertj.core.api.Assertions.assertThat;

import distkv.client.Client;
import distkv.client.ClientOptions;
import distkv.client.Watch;
import distkv.client.WatchEvent;
import distkv.client.WatchOptions;
import distkv.model.Entry;
import distkv.model.Path;
import distkv.protocol.Values;
import distkv.runner.Runner;
import distkv.runner.RunnerOptions;
import distkv.runner.job.Kind;
import distkv.runner.worker.PythonCommand;
import distkv.server.Server;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.StandardCopyOption;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.function.Predicate;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** The stored code in {@code examples}, run by a real runner on a real server. */
@Timeout(60)
class ExamplesTest {
    private static final java.nio.file.Path EXAMPLES =
            java.nio.file.Path.of("..", "examples").toAbsolutePath().normalize();
    private static final String PYTHON = Objects.requireNonNullElse(System.getenv("DISTKV_PYTHON"), "python3");

    @TempDir
    private java.nio.file.Path directory;

    private final List<AutoCloseable> open = new ArrayList<>();
    private Server server;
    private Client client;

    @BeforeEach
    void start() throws Exception {
        server = ServerPlace.start(directory.resolve("data"), "house", new Bind(Bind.LOOPBACK, 0));
        client = keep(Client.connect(
                ClientOptions.of(Bind.LOOPBACK, server.port()).withRetry(Duration.ofMillis(5), Duration.ofMillis(50))));
        runner("attic");
    }

    @AfterEach
    void stop() throws Exception {
        for (AutoCloseable part : open.reversed()) {
            part.close();
        }
        server.close();
    }

    private <T extends AutoCloseable> T keep(T part) {
        open.add(part);
        return part;
    }

    private void runner(String node) throws InterruptedException {
        RunnerOptions options = RunnerOptions.of(node, EnumSet.allOf(Kind.class))
                .ttl(Duration.ofMillis(500))
                .server(Bind.LOOPBACK, server.port())
                .python(PythonCommand.of(PYTHON));
        Client own = keep(Client.connect(ClientOptions.of(Bind.LOOPBACK, server.port())
                .withName(node)
                .withRetry(Duration.ofMillis(5), Duration.ofMillis(50))));
        keep(Runner.start(options, own));
    }

    /** Runs {@code distkv client WORDS…}. */
    private void distkv(String... words) {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        Terminal terminal = new Terminal(
                Shell.stream(out),
                Shell.stream(out),
                Map.of("HOME", directory.toString()),
                Clock.systemUTC(),
                false,
                directory,
                java.nio.file.Path.of(PYTHON));
        List<String> all = new ArrayList<>(List.of("client", "-h", Bind.LOOPBACK, "-p", "" + server.port()));
        all.addAll(List.of(words));
        assertThat(new CommandLineRun(terminal).run(all))
                .as(out.toString(StandardCharsets.UTF_8))
                .isZero();
    }

    private void store(String name) {
        String file = EXAMPLES.resolve(name).toString();
        distkv("code", "set", "-s", file + ".py", "-d", file + ".yml", "demo." + name);
    }

    private void set(String path, Object value) throws InterruptedException {
        client.set(Path.parse(path), Values.encode(value));
    }

    /** Waits until there is such a value at or below a path; returns it. */
    private Object await(String path, Predicate<Object> wanted) throws InterruptedException {
        try (Watch watch = client.watch(Path.parse(path), WatchOptions.FETCH)) {
            while (true) {
                if (watch.next() instanceof WatchEvent.Changed(Entry entry) && entry.value() != null) {
                    Object value = Objects.requireNonNull(Values.decode(entry.value()));
                    if (wanted.test(value)) {
                        return value;
                    }
                }
            }
        }
    }

    @Test
    void aValueIsScaled() throws InterruptedException {
        store("scale");
        distkv(
                "run",
                "set",
                "-c",
                "demo.scale",
                "-p",
                "source",
                "a",
                "-p",
                "target",
                "b",
                "-e",
                "factor",
                "2",
                "-t",
                "0",
                "job");
        set("a", 21L);
        await("b", value -> value.equals(42L));
    }

    @Test
    void aSwitchHasHysteresis() throws InterruptedException {
        store("switch");
        set("temp", 18L);
        distkv("run", "set", "-c", "demo.switch", "-p", "source", "temp", "-p", "switch", "heater", "-t", "0", "job");
        await("heater", Boolean.TRUE::equals);
        set("temp", 20L);
        set("temp", 22L);
        await("heater", Boolean.FALSE::equals);
    }

    @Test
    void everyNodeReportsItsLoad() throws InterruptedException {
        runner("cellar");
        store("load");
        distkv(
                "run",
                "-n",
                "-",
                "set",
                "-c",
                "demo.load",
                "-p",
                "target",
                "load",
                "-e",
                "interval",
                "1",
                "-t",
                "0",
                "job");
        await("load.attic", value -> value instanceof Map<?, ?> map && map.containsKey("cores"));
        await("load.cellar", value -> value instanceof Map<?, ?> map && map.containsKey("cores"));
    }

    @Test
    void aCounterIsTurnedIntoTimeSlotsAndARestartLosesNothing() throws InterruptedException {
        store("slots");
        set("counter", 100L);
        distkv(
                "run",
                "set",
                "-c",
                "demo.slots",
                "-p",
                "source",
                "counter",
                "-p",
                "target",
                "slots",
                "-e",
                "length",
                "1000000000",
                "-t",
                "0",
                "job");
        await("slots", value -> value instanceof Map<?, ?> map && Objects.equals(map.get("count"), 100L));
        set("counter", 107L);
        await("slots", value -> value instanceof Map<?, ?> map && Objects.equals(map.get("sum"), 7L));
        // It runs from now on with slots of a second: what it had is that of the last slot.
        distkv("run", "set", "-e", "length", "1", "job");
        await("slots", value -> value.equals(7L));
        // Begins anew: all of it is growth.
        set("counter", 3L);
        await("slots", value -> value.equals(3L));
    }

    @Test
    void aThermostatSurvivesBeingCutOff() throws Exception {
        runner("cellar");
        java.nio.file.Path sensor = Files.writeString(directory.resolve("sensor"), "18500\n");
        java.nio.file.Path relay = directory.resolve("relay");
        assertThat(new ProcessBuilder("mkfifo", relay.toString()).start().waitFor())
                .isZero();
        int port = server.port();
        try (RandomAccessFile switched = new RandomAccessFile(relay.toFile(), "rw")) {
            store("thermostat");
            set("wanted", 20L);
            distkv(
                    "run",
                    "-n",
                    "attic",
                    "set",
                    "-c",
                    "demo.thermostat",
                    "-p",
                    "wanted",
                    "wanted",
                    "-p",
                    "status",
                    "status",
                    "-v",
                    "sensor",
                    sensor.toString(),
                    "-v",
                    "relay",
                    relay.toString(),
                    "-e",
                    "interval",
                    "0.1",
                    "-e",
                    "patience",
                    "0.3",
                    "-t",
                    "0",
                    "warm");
            await(
                    "status",
                    value -> value instanceof Map<?, ?> map
                            && Objects.equals(map.get("goal"), 20L)
                            && Objects.equals(map.get("group"), "complete"));
            assertThat(lastRead(switched, '1')).isTrue();

            server.close();
            // 18.5 degrees are too few for the wish, but enough to be safe.
            assertThat(lastRead(switched, '0')).isTrue();
            // At once, so that the job never reads half of it.
            Files.move(
                    Files.writeString(directory.resolve("next"), "12000\n"),
                    sensor,
                    StandardCopyOption.REPLACE_EXISTING);
            assertThat(lastRead(switched, '1')).isTrue();

            server = ServerPlace.start(directory.resolve("data"), "house", new Bind(Bind.LOOPBACK, port));
            await(
                    "status",
                    value -> value instanceof Map<?, ?> map
                            && Objects.equals(map.get("now"), 12.0)
                            && Objects.equals(map.get("goal"), 20L));
        }
    }

    /** Waits until the relay is switched like that. */
    private static boolean lastRead(RandomAccessFile relay, char wanted) throws IOException {
        int found = relay.read();
        while (found != wanted && found >= 0) {
            found = relay.read();
        }
        return found == wanted;
    }
}
