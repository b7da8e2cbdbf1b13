package distkv.it;

import distkv.client.Client;
import distkv.client.ClientOptions;
import distkv.client.Mirror;
import distkv.model.Entry;
import distkv.model.Path;
import distkv.protocol.Values;
import distkv.schema.job.Kind;
import distkv.schema.job.StateEntry;
import java.io.IOException;
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
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * A server and three runners of every kind, all of them processes of their own, and 25 jobs that write who they are, again
 * and again: 15 for any node, 5 for one node, 5 for all nodes. Mirrors see what they write, and their states.
 */
final class Drill implements AutoCloseable {
    static final List<String> NODES = List.of("one", "two", "three");
    static final Duration TTL = Duration.ofMillis(1_500);

    private static final Path OWN = Path.of(".distkv");
    private static final Path BEAT = Path.of("beat");
    private static final Path STATES = OWN.child("state");
    private static final String CODE = """
            import anyio, os
            from distkv.errors import Lost
            node = _client.client_name
            me = f'{node}/{os.urandom(6).hex()}'
            place = job + (' ' + node if each else '')
            await _self.setup_done()
            while True:
                try:
                    await _client.set(_P('beat') + [place], value=me)
                except Lost:
                    raise
                except Exception as exc:
                    _log.info('%s: %r', place, exc)  # no server: it goes on
                await anyio.sleep(0.25)
            """;

    final Map<String, RunnerProcess> runners = new LinkedHashMap<>();
    RunnerProcess server;
    private final Set<String> starting = new HashSet<>();
    private final java.nio.file.Path directory;
    private final int port;
    private final Client client;
    private final Mirror beats;
    private final Mirror states;
    /** By place, where its state is. */
    private final Map<String, Path> places = new TreeMap<>();
    /** How often each place has been written, and by whom last; guarded by this, as the next three are. */
    private final Map<String, Integer> counts = new HashMap<>();

    private final Map<String, String> writers = new HashMap<>();
    private final Set<String> former = new HashSet<>();
    private final List<String> stale = new ArrayList<>();
    private final List<String> slowed = new ArrayList<>();

    Drill(java.nio.file.Path directory) throws IOException, InterruptedException {
        this.directory = directory;
        this.server = startServer(0);
        this.port = Integer.parseInt(Objects.requireNonNull(server.readLine()));
        this.client = Client.connect(ClientOptions.of("127.0.0.1", port)
                .withName("test")
                .withRetry(Duration.ofMillis(10), Duration.ofMillis(50)));
        this.beats = client.mirror(BEAT);
        this.states = client.mirror(STATES);
        beats.listen((before, now) -> wrote(now));
        states.listen((before, now) -> told(now));
        beats.awaitInitial();
        states.awaitInitial();
        client.set(OWN.append(Path.of("code", "proc", "beat")), Values.encode(Map.of("code", CODE, "is_async", true)));
        for (int i = 0; i < 15; i++) {
            job(Kind.ANY, "", "any" + i);
        }
        for (int i = 0; i < 5; i++) {
            job(Kind.AT, NODES.get(i % NODES.size()), "at" + i);
            job(Kind.ALL, "", "all" + i);
        }
        for (String node : NODES) {
            startRunner(node);
        }
        awaitReady();
    }

    private void job(Kind kind, String node, String name) throws InterruptedException {
        Map<String, @Nullable Object> entry = new LinkedHashMap<>();
        entry.put("code", Path.of("beat"));
        entry.put("target", System.currentTimeMillis() / 1e3);
        entry.put("delay", 0.2);
        entry.put("data", Map.of("job", name, "each", kind == Kind.ALL));
        client.set(kind.entries(OWN.child("run"), "default", node).child(name), Values.encode(entry));
        for (String each : kind == Kind.ALL ? NODES : List.of(node)) {
            String place = kind == Kind.ALL ? name + " " + each : name;
            places.put(place, kind.states(STATES, "default", each).child(name));
        }
    }

    private RunnerProcess startServer(int at) throws IOException {
        return RunnerProcess.start(
                directory.resolve("server.log"),
                ServerProgram.class,
                directory.resolve("data").toString(),
                Integer.toString(at));
    }

    void startServer() throws IOException {
        server = startServer(port);
        if (server.readLine() == null) {
            throw new IOException("the server ended: see " + directory.resolve("server.log"));
        }
    }

    /** Starts a runner, or starts it again under its name. */
    void startRunner(String node) throws IOException {
        runners.put(
                node,
                RunnerProcess.start(
                        directory.resolve(node + ".log"),
                        RunnerProgram.class,
                        Integer.toString(port),
                        node,
                        Long.toString(TTL.toMillis()),
                        "every-kind"));
        starting.add(node);
    }

    /** Waits for the runners that have been started. */
    void awaitReady() throws IOException {
        for (String node : starting) {
            if (runner(node).readLine() == null) {
                List<String> log = Files.readAllLines(directory.resolve(node + ".log"));
                throw new IOException("runner " + node + " ended: "
                        + String.join("\n", log.subList(Math.max(0, log.size() - 20), log.size())));
            }
        }
        starting.clear();
    }

    RunnerProcess runner(String node) {
        return Objects.requireNonNull(runners.get(node), node);
    }

    private synchronized void wrote(@Nullable Entry entry) {
        if (entry == null || entry.value() == null) {
            return;
        }
        String place = String.valueOf(entry.path().elements().getLast());
        String writer = String.valueOf(Values.decode(Objects.requireNonNull(entry.value())));
        counts.merge(place, 1, Integer::sum);
        String before = writers.put(place, writer);
        if (before != null && !before.equals(writer)) {
            former.add(before);
        }
        if (former.contains(writer)) {
            stale.add(place + ": " + writer);
        }
    }

    private synchronized void told(@Nullable Entry entry) {
        if (entry != null && entry.value() != null) {
            StateEntry state = StateEntry.read(Objects.requireNonNull(entry.value()));
            if (state.node() == null && state.backoff() > 0 && state.computed() > state.stopped() + 0.05) {
                slowed.add(entry.path() + ": " + state);
            }
        }
    }

    /** Writes by runs that came after one of a later run of the same job. */
    synchronized List<String> stale() {
        return List.copyOf(stale);
    }

    /** The states that had a job wait because of errors, since this was asked last. */
    synchronized List<String> slowed() {
        List<String> all = List.copyOf(slowed);
        slowed.clear();
        return all;
    }

    /** How often each place has been written by now. */
    synchronized Map<String, Integer> counts() {
        return new HashMap<>(counts);
    }

    /**
     * The places that do not go on: which have not been written twice since then, or whose state does not say that the job
     * runs and is well.
     */
    List<String> idle(Map<String, Integer> since) {
        Map<String, Integer> now = counts();
        List<String> idle = new ArrayList<>();
        places.forEach((place, path) -> {
            Entry entry = states.get(path);
            StateEntry state = entry == null || entry.value() == null
                    ? StateEntry.NEW
                    : StateEntry.read(Objects.requireNonNull(entry.value()));
            boolean written = now.getOrDefault(place, 0) >= since.getOrDefault(place, 0) + 2;
            if (!written || state.node() == null || state.backoff() > 0) {
                idle.add(place + (written ? "" : " is silent") + ": " + state);
            }
        });
        return idle;
    }

    @Override
    public void close() throws IOException {
        for (RunnerProcess runner : runners.values()) {
            List<ProcessHandle> family = runner.family();
            runner.kill();
            family.forEach(ProcessHandle::destroyForcibly);
        }
        beats.close();
        states.close();
        client.close();
        server.close();
    }
}
