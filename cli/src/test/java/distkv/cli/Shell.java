package distkv.cli;

import distkv.cli.context.Keyboard;
import distkv.cli.context.Terminal;
import distkv.cli.ops.BackupFile;
import distkv.client.Client;
import distkv.client.ClientOptions;
import distkv.model.Entry;
import distkv.model.Path;
import distkv.model.Value;
import distkv.protocol.Values;
import distkv.server.Server;
import distkv.server.ServerOptions;
import distkv.store.engine.MemoryStore;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** A server in this process, and command lines that talk to it. */
public final class Shell implements AutoCloseable {
    /** When the original's sessions were recorded. */
    private static final Instant THEN = Instant.parse("2026-11-24T11:03:00Z");

    private final java.nio.file.Path directory;
    private final Server server;
    private final Map<String, String> environment = new HashMap<>();

    /** What is typed at the next questions. */
    private final Deque<String> answers = new ArrayDeque<>();

    private final Keyboard keyboard = new Keyboard() {
        @Override
        public boolean isThere() {
            return !answers.isEmpty();
        }

        @Override
        public String line(String prompt) {
            return answers.isEmpty() ? "" : answers.remove();
        }

        @Override
        public String secret(String prompt) {
            return line(prompt);
        }

        @Override
        public String allInput() {
            return line("");
        }
    };

    /** What a command printed, and its exit code. */
    public record Result(int exit, String out, String err) {}

    public Shell(java.nio.file.Path directory) throws IOException {
        this.directory = directory;
        this.server = Server.start(ServerOptions.defaults().at("127.0.0.1", 0).open(true), new MemoryStore("node1"));
        environment.put("HOME", directory.toString());
    }

    /** Types this at the next questions. */
    public Shell typing(String... words) {
        answers.clear();
        answers.addAll(List.of(words));
        return this;
    }

    /** Sets a variable of the environment, or removes it. */
    public void environment(String name, @Nullable String value) {
        if (value == null) {
            environment.remove(name);
        } else {
            environment.put(name, value);
        }
    }

    public int port() {
        return server.port();
    }

    /** Runs {@code distkv WORDS…} against our server. */
    public Result run(String... words) {
        List<String> all =
                new ArrayList<>(List.of("-C", "connect.port=" + server.port(), "-C", "connect.host=127.0.0.1"));
        all.addAll(List.of(words));
        return runAlone(all.toArray(String[]::new));
    }

    /** Runs {@code distkv WORDS…} as it is. */
    public Result runAlone(String... words) {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        ByteArrayOutputStream err = new ByteArrayOutputStream();
        int exit = new CommandLineRun(terminal(stream(out), stream(err))).run(List.of(words));
        return new Result(exit, out.toString(StandardCharsets.UTF_8), err.toString(StandardCharsets.UTF_8));
    }

    /** Runs {@code distkv WORDS…} as it is, printing to this stream; returns its exit code. */
    public int runInto(PrintStream out, String... words) {
        return new CommandLineRun(terminal(out, out)).run(List.of(words));
    }

    public Terminal terminal(PrintStream out, PrintStream err) {
        return new Terminal(
                out,
                err,
                environment,
                Clock.fixed(THEN, ZoneOffset.UTC),
                false,
                directory,
                java.nio.file.Path.of("python3"),
                keyboard);
    }

    public static PrintStream stream(ByteArrayOutputStream bytes) {
        return new PrintStream(bytes, true, StandardCharsets.UTF_8);
    }

    public void set(String path, @Nullable Object value) throws InterruptedException {
        try (Client client = Client.connect(ClientOptions.of("127.0.0.1", server.port()))) {
            client.set(Path.parse(path), Values.encode(value));
        }
    }

    public void delete(String path) throws InterruptedException {
        try (Client client = Client.connect(ClientOptions.of("127.0.0.1", server.port()))) {
            client.delete(Path.parse(path));
        }
    }

    public void setInternal(String path, @Nullable Object value) throws InterruptedException {
        try (Client client = Client.connect(ClientOptions.of("127.0.0.1", server.port()))) {
            client.setInternal(Path.parse(path), Values.encode(value));
        }
    }

    /** The paths below another, siblings in the order in which they were created. */
    public List<String> createdBelow(String path) throws InterruptedException {
        Path top = Path.parse(path);
        try (Client client = Client.connect(ClientOptions.of("127.0.0.1", server.port()))) {
            return client.treeByCreation(top).stream()
                    .map(entry -> entry.path().below(top).toString())
                    .toList();
        }
    }

    /** The paths of the internal tree, without what the server itself keeps there. */
    public List<String> internal() throws InterruptedException {
        try (Client client = Client.connect(ClientOptions.of("127.0.0.1", server.port()))) {
            return BackupFile.internal(client).stream()
                    .map(entry -> entry.path().toString())
                    .toList();
        }
    }

    /** The tree, without the internal one. */
    public Map<Path, Value> all() {
        try (Client client = Client.connect(ClientOptions.of("127.0.0.1", server.port()))) {
            Map<Path, Value> all = new TreeMap<>();
            for (Entry entry : client.tree(Path.ROOT)) {
                all.put(entry.path(), Objects.requireNonNull(entry.value()));
            }
            return all;
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }

    /** The value at a path. */
    @Nullable
    public Object get(String path) {
        Value value = all().get(Path.parse(path));
        return value == null ? null : Values.decode(value);
    }

    @Override
    public void close() {
        server.close();
    }
}
