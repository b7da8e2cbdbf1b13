package distkv.runner;

import distkv.client.Client;
import distkv.client.ClientOptions;
import distkv.client.Mirror;
import distkv.client.transport.Address;
import distkv.model.Entry;
import distkv.model.Path;
import distkv.model.Value;
import distkv.protocol.Values;
import distkv.runner.worker.PythonCommand;
import distkv.schema.job.Kind;
import distkv.server.Server;
import distkv.server.ServerOptions;
import distkv.store.engine.MemoryStore;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/** A server, a client, runners and their Python, for tests. Waiting means waiting for what happens, never for time. */
final class World implements AutoCloseable {
    private static final long PATIENCE = TimeUnit.SECONDS.toNanos(30);
    static final Path RUN = Path.of(".distkv", "run");
    static final Path STATE = Path.of(".distkv", "state");
    static final Path PROC = Path.of(".distkv", "code", "proc");
    static final Path ERROR = Path.of(".distkv", "error");

    final Server server;
    /** How the test and its runners reach it. */
    private final ClientOptions reach;

    /** What the runners log in with, each as the node that it is; {@code null}: as the test does. */
    private final @Nullable NodeCertificates certificates;

    final Client client;
    final List<JobLog.Line> log = new CopyOnWriteArrayList<>();
    private final Mirror mirror;
    private final Object news = new Object();
    private final List<Runner> runners = new ArrayList<>();
    private final List<Client> clients = new ArrayList<>();

    /** A server that everybody on this machine may use. */
    World() throws IOException, InterruptedException {
        this(ServerOptions.defaults().at("127.0.0.1", 0).open(true), null, null);
    }

    /** A server whose port wants a log-in; the test and its runners use its Unix socket, which is at this path. */
    static World closed(java.nio.file.Path socket) throws IOException, InterruptedException {
        ServerOptions options = ServerOptions.defaults()
                .at("127.0.0.1", 0)
                .open(false)
                .withSocket(new ServerOptions.LocalSocket.At(socket));
        return new World(options, socket, null);
    }

    /** A server at which each runner logs in as a node; the test and the workers use its Unix socket. */
    static World ofNodes(java.nio.file.Path directory) throws IOException, InterruptedException {
        java.nio.file.Path socket = directory.resolve("socket");
        ServerOptions options = ServerOptions.defaults()
                .at("127.0.0.1", 0)
                .open(false)
                .in(directory)
                .withTls(new ServerOptions.Tls.Automatic())
                .withSocket(new ServerOptions.LocalSocket.At(socket));
        return new World(options, socket, new NodeCertificates(directory));
    }

    private World(ServerOptions options, java.nio.file.@Nullable Path socket, @Nullable NodeCertificates certificates)
            throws IOException, InterruptedException {
        server = Server.start(options, new MemoryStore("tree"));
        reach = socket == null
                ? ClientOptions.of("127.0.0.1", server.port())
                : ClientOptions.of(new Address.Unix(socket));
        this.certificates = certificates;
        client = Client.connect(reach.withName("test"));
        mirror = client.mirror(Path.ROOT);
        mirror.listen((before, now) -> announce());
        mirror.awaitInitial();
    }

    /** The interpreter that has anyio and msgpack, and the package from the sources. */
    static PythonCommand python() {
        String named = System.getenv("DISTKV_PYTHON");
        String sources =
                java.nio.file.Path.of("../python").toAbsolutePath().normalize().toString();
        return new PythonCommand(List.of(named == null ? "python3" : named), Map.of("PYTHONPATH", sources));
    }

    RunnerOptions options(String node, Kind... kinds) {
        return RunnerOptions.of(node, Set.copyOf(Arrays.asList(kinds)))
                .server(reach.host(), reach.port())
                .python(python())
                .log(this::line);
    }

    private void line(JobLog.Line line) {
        log.add(line);
        announce();
    }

    private void announce() {
        synchronized (news) {
            news.notifyAll();
        }
    }

    Runner runner(String node, Kind... kinds) throws InterruptedException {
        return runner(options(node, kinds));
    }

    /** Starts a runner with a client of its own. */
    Runner runner(RunnerOptions options) throws InterruptedException {
        ClientOptions how = certificates == null
                ? reach
                : certificates.join(client, server.port(), options.node(), options.group());
        Client own = Client.connect(how.withName(options.node()));
        clients.add(own);
        Runner runner = Runner.start(options, own);
        runners.add(runner);
        return runner;
    }

    /** From now on this node may do nothing. */
    void revoke(String node) throws InterruptedException {
        Objects.requireNonNull(certificates).revoke(client, node);
    }

    /** Waits until it is so; looks again whenever something has changed in the tree or was logged. */
    void await(String what, BooleanSupplier isSo) throws InterruptedException {
        long end = System.nanoTime() + PATIENCE;
        synchronized (news) {
            while (!isSo.getAsBoolean()) {
                long left = end - System.nanoTime();
                if (left <= 0) {
                    throw new AssertionError("waited in vain: " + what + "\nlog: " + log + "\ntree: " + dump());
                }
                // Group states and the like change without an entry, so look again now and then.
                news.wait(Math.min(left / 1_000_000 + 1, 20));
            }
        }
    }

    private String dump() {
        StringBuilder text = new StringBuilder();
        mirror.entries()
                .forEach((path, entry) -> text.append("\n  ")
                        .append(path)
                        .append(" = ")
                        .append(Values.decode(Objects.requireNonNull(entry.value()))));
        return text.toString();
    }

    @Nullable
    Object value(Path path) {
        Entry entry = mirror.get(path);
        return entry == null ? null : Values.decode(Objects.requireNonNull(entry.value()));
    }

    Map<Path, Entry> below(Path path) {
        return mirror.below(path);
    }

    /** Waits for a value that is as wanted, and returns it. */
    @Nullable
    Object await(Path path, Predicate<@Nullable Object> wanted) throws InterruptedException {
        await(path.toString(), () -> wanted.test(value(path)));
        return value(path);
    }

    void set(Path path, @Nullable Object value) throws InterruptedException {
        client.set(path, Values.encode(value));
    }

    /** Stores an async procedure. */
    void code(String name, String source) throws InterruptedException {
        code(name, source, true, Map.of());
    }

    void code(String name, String source, @Nullable Boolean async, Map<String, @Nullable Object> more)
            throws InterruptedException {
        Map<String, @Nullable Object> map = new LinkedHashMap<>(more);
        map.put("code", source);
        map.put("is_async", async);
        set(PROC.append(Path.parse(name)), map);
    }

    /** A job that is to start at once. */
    static Map<String, @Nullable Object> job(String code, @Nullable Object... more) {
        Map<String, @Nullable Object> map = new LinkedHashMap<>();
        map.put("code", Path.parse(code));
        map.put("target", System.currentTimeMillis() / 1e3);
        for (int i = 0; i < more.length; i += 2) {
            map.put(String.valueOf(more[i]), more[i + 1]);
        }
        return map;
    }

    static Path entry(Kind kind, String node, String job) {
        return kind.entries(RUN, "default", node).append(Path.parse(job));
    }

    static Path state(Kind kind, String node, String job) {
        return kind.states(STATE, "default", node).append(Path.parse(job));
    }

    /** A field of a job's state. */
    @Nullable
    Object state(Path state, String field) {
        return value(state) instanceof Map<?, ?> map ? map.get(field) : null;
    }

    double number(Path state, String field) {
        return state(state, field) instanceof Number number ? number.doubleValue() : 0;
    }

    /** Waits until the job has ended, and returns its result. */
    @Nullable
    Object result(Path state) throws InterruptedException {
        await("the end of " + state, () -> state(state, "node") == null && number(state, "stopped") > 0);
        return state(state, "result");
    }

    /** Waits until the job runs. */
    void running(Path state) throws InterruptedException {
        await("the start of " + state, () -> state(state, "node") != null);
    }

    /** Waits for a line that contains this text. */
    JobLog.Line logged(String text) throws InterruptedException {
        await(
                "the line " + text,
                () -> log.stream().anyMatch(line -> line.text().contains(text)));
        return log.stream()
                .filter(line -> line.text().contains(text))
                .findFirst()
                .orElseThrow();
    }

    /** The error record about this path, or {@code null}. */
    @Nullable
    Map<?, ?> error(String subsystem, Path about) {
        for (Entry entry : mirror.below(ERROR).values()) {
            Value value = Objects.requireNonNull(entry.value());
            if (entry.path().length() == ERROR.length() + 2
                    && Values.decode(value) instanceof Map<?, ?> map
                    && about.equals(map.get("path"))
                    && subsystem.equals(map.get("subsystem"))) {
                return map;
            }
        }
        return null;
    }

    /** Waits for an error about this path, resolved or not. */
    Map<?, ?> error(String subsystem, Path about, boolean resolved) throws InterruptedException {
        await((resolved ? "resolved " : "open ") + subsystem + " error about " + about, () -> {
            Map<?, ?> record = error(subsystem, about);
            return record != null && resolved != Boolean.FALSE.equals(record.get("resolved"));
        });
        return Objects.requireNonNull(error(subsystem, about));
    }

    static Duration millis(long millis) {
        return Duration.ofMillis(millis);
    }

    @Override
    public void close() throws IOException {
        runners.reversed().forEach(Runner::close);
        clients.forEach(Client::close);
        mirror.close();
        client.close();
        server.close();
    }
}
