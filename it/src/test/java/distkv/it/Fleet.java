package distkv.it;

import distkv.client.Client;
import distkv.client.ClientOptions;
import distkv.client.Mirror;
import distkv.model.Entry;
import distkv.model.Path;
import distkv.protocol.Values;
import distkv.server.Server;
import distkv.server.ServerOptions;
import distkv.store.engine.MemoryStore;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.function.BooleanSupplier;
import org.awaitility.Awaitility;
import org.jspecify.annotations.Nullable;

/**
 * A server, runners as processes of their own, and jobs that write who they are, again and again. Every run has a name,
 * {@code NODE/RANDOM}; a mirror sees all its writes, in their order.
 */
final class Fleet implements AutoCloseable {
    private static final Path BEAT = Path.of("beat");
    private static final String CODE = """
            import anyio, fcntl, os
            me = f'{_client.client_name}/{os.urandom(6).hex()}'
            await _self.setup_done()
            with open(f'{directory}/{job}.lock', 'w') as file:
                if locked:
                    try:
                        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
                    except BlockingIOError:
                        with open(f'{directory}/overlap', 'a') as log:
                            log.write(f'{job}: {me}\\n')
                while True:
                    try:
                        await _client.set(_P('beat') + [job], value=me)
                    except Exception as exc:
                        with open(f'{directory}/refused', 'a') as log:
                            log.write(f'{me} {type(exc).__name__}\\n')
                        raise
                    await anyio.sleep(0.005)
            """;

    final Map<String, RunnerProcess> runners = new LinkedHashMap<>();
    private final java.nio.file.Path directory;
    private final Server server;
    private final Client client;
    private final Mirror mirror;
    /** Who has written last, by job; guarded by this, as the next two are. */
    private final Map<String, String> writers = new HashMap<>();

    private final Set<String> former = new HashSet<>();
    private final List<String> stale = new ArrayList<>();

    /** Runners whose leases live for 300 ms. */
    Fleet(java.nio.file.Path directory, String... nodes) throws IOException, InterruptedException {
        this(directory, Duration.ofMillis(300), nodes);
    }

    Fleet(java.nio.file.Path directory, Duration ttl, String... nodes) throws IOException, InterruptedException {
        this.directory = directory;
        server = Server.start(ServerOptions.defaults().at("127.0.0.1", 0).open(true), new MemoryStore("tree"));
        client = Client.connect(ClientOptions.of("127.0.0.1", server.port()).withName("test"));
        mirror = client.mirror(BEAT);
        mirror.listen((before, now) -> wrote(now));
        mirror.awaitInitial();
        set(Path.of(".distkv", "code", "proc", "beat"), Map.of("code", CODE, "is_async", true));
        for (String node : nodes) {
            runners.put(node, RunnerProcess.start(directory.resolve(node + ".log"), server.port(), node, ttl));
        }
        for (RunnerProcess runner : runners.values()) {
            runner.awaitReady();
        }
    }

    void set(Path path, Object value) throws InterruptedException {
        client.set(path, Values.encode(value));
    }

    /** Starts a job; {@code locked}: it notes when it is executed twice at once. */
    void job(String name, boolean locked) throws InterruptedException {
        job(name, locked, Map.of());
    }

    /** The same, with these fields. */
    void job(String name, boolean locked, Map<String, Object> more) throws InterruptedException {
        Map<String, @Nullable Object> entry = new LinkedHashMap<>();
        entry.put("code", Path.of("beat"));
        entry.put("target", System.currentTimeMillis() / 1e3);
        entry.put("delay", 0.01);
        entry.put("backoff", 1.0);
        entry.putAll(more);
        entry.put("data", Map.of("job", name, "locked", locked, "directory", directory.toString()));
        set(Path.of(".distkv", "run", "any", "default", name), entry);
    }

    private synchronized void wrote(@Nullable Entry entry) {
        if (entry == null || entry.value() == null) {
            return;
        }
        String job = String.valueOf(entry.path().elements().getLast());
        String writer = String.valueOf(Values.decode(Objects.requireNonNull(entry.value())));
        String before = writers.put(job, writer);
        if (before != null && !before.equals(writer)) {
            former.add(before);
        }
        if (former.contains(writer)) {
            stale.add(job + ": " + writer);
        }
    }

    /** Writes by runs that came after one of a later run of the same job. */
    synchronized List<String> stale() {
        return List.copyOf(stale);
    }

    /** Which run of the job has written last; empty if none has. */
    synchronized String writer(String job) {
        return writers.getOrDefault(job, "");
    }

    /** On which node that was. */
    String node(String job) {
        return writer(job).replaceFirst("/.*", "");
    }

    /** Whether all of these jobs have written last on other nodes. */
    boolean isFree(String node, List<String> jobs) {
        return jobs.stream().noneMatch(job -> node(job).equals(node));
    }

    int port() {
        return server.port();
    }

    RunnerProcess runner(String node) {
        return Objects.requireNonNull(runners.get(node), node);
    }

    /** What runs were refused a write, and how: a line each. */
    String refused() {
        try {
            return Files.exists(file("refused")) ? Files.readString(file("refused")) : "";
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    java.nio.file.Path file(String name) {
        return directory.resolve(name);
    }

    static void await(String what, BooleanSupplier isSo) {
        Awaitility.await(what)
                .atMost(Duration.ofMinutes(1))
                .pollInterval(Duration.ofMillis(2))
                .until(isSo::getAsBoolean);
    }

    @Override
    public void close() throws IOException {
        for (RunnerProcess runner : runners.values()) {
            runner.close();
        }
        mirror.close();
        client.close();
        server.close();
    }
}
