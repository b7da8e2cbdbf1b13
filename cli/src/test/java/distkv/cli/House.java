package distkv.cli;

import static org.assertj.core.api.Assertions.assertThat;

import distkv.cli.context.Keyboard;
import distkv.cli.context.Terminal;
import distkv.cli.ops.ServerStartOptions;
import distkv.cli.options.BindAddress;
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
import distkv.runner.worker.PythonCommand;
import distkv.schema.job.Kind;
import distkv.server.Server;
import distkv.server.ServerOptions;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.function.Predicate;

/** A server, a client and as many runners as a test wants, in this process. */
public final class House {
    private static final java.nio.file.Path EXAMPLES =
            java.nio.file.Path.of("..", "examples").toAbsolutePath().normalize();
    static final String PYTHON = Objects.requireNonNullElse(System.getenv("DISTKV_PYTHON"), "python3");

    private final java.nio.file.Path directory;
    private final List<AutoCloseable> open = new ArrayList<>();
    private final int port;
    final Client client;
    private Server server;

    /** @param directory an empty one, for its data */
    public House(java.nio.file.Path directory) throws IOException, InterruptedException {
        this.directory = directory;
        server = server(0);
        port = server.port();
        client = connect("test");
    }

    private Server server(int at) throws IOException {
        ServerOptions options = ServerOptions.defaults()
                .at(BindAddress.LOOPBACK, at)
                .withSocket(new ServerOptions.LocalSocket.None())
                .open(true);
        return ServerStartOptions.start(directory.resolve("data"), "house", options);
    }

    private Client connect(String name) throws InterruptedException {
        return keep(Client.connect(ClientOptions.of(BindAddress.LOOPBACK, port)
                .withName(name)
                .withRetry(Duration.ofMillis(5), Duration.ofMillis(50))));
    }

    private <T extends AutoCloseable> T keep(T part) {
        open.add(part);
        return part;
    }

    /** Starts a runner for all kinds of job. */
    public void runner(String node) throws InterruptedException {
        runner(node, Duration.ofMillis(500));
    }

    /** The same, with this time to live; whoever closes it before the others may. */
    public Runner runner(String node, Duration ttl) throws InterruptedException {
        RunnerOptions options = RunnerOptions.of(node, EnumSet.allOf(Kind.class))
                .ttl(ttl)
                .server(BindAddress.LOOPBACK, port)
                .python(PythonCommand.of(PYTHON));
        return keep(Runner.start(options, connect(node)));
    }

    void stopServer() {
        server.close();
    }

    void startServer() throws IOException {
        server = server(port);
    }

    /** Runs {@code distkv client WORDS…}. */
    public String distkv(String... words) {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        int exit = distkv(Shell.stream(out), words);
        assertThat(exit).as(out.toString(StandardCharsets.UTF_8)).isZero();
        return out.toString(StandardCharsets.UTF_8);
    }

    /** The same, printing elsewhere; returns the exit code. */
    public int distkv(PrintStream out, String... words) {
        List<String> all = new ArrayList<>(List.of("client"));
        all.addAll(List.of(words));
        return commandLine(out, all);
    }

    int port() {
        return port;
    }

    /** Runs {@code distkv WORDS…}. */
    int commandLine(PrintStream out, List<String> words) {
        Terminal terminal = new Terminal(
                out,
                out,
                Map.of("HOME", directory.toString()),
                Clock.systemUTC(),
                false,
                directory,
                java.nio.file.Path.of(PYTHON),
                Keyboard.system());
        List<String> all =
                new ArrayList<>(List.of("-C", "connect.host=" + BindAddress.LOOPBACK, "-C", "connect.port=" + port));
        all.addAll(words);
        return new CommandLineRun(terminal).run(all);
    }

    /** Stores an example as {@code demo.NAME}. */
    void store(String name) {
        store(name, ".py");
    }

    /** The same, with a file of this kind. */
    void store(String name, String suffix) {
        String file = EXAMPLES.resolve(name).toString();
        distkv("code", "set", "-s", file + suffix, "-d", file + ".yml", "demo." + name);
    }

    public void set(String path, Object value) throws InterruptedException {
        client.set(Path.parse(path), Values.encode(value));
    }

    /** Waits until there is such a value at or below a path; returns it. */
    public Object await(String path, Predicate<Object> wanted) throws InterruptedException {
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

    /** Stops the runners and the server. */
    public void close() throws Exception {
        for (AutoCloseable part : open.reversed()) {
            part.close();
        }
        server.close();
    }
}
