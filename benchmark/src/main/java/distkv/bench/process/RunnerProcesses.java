package distkv.bench.process;

import distkv.client.Client;
import distkv.client.ClientOptions;
import distkv.client.Mirror;
import distkv.model.Entry;
import distkv.model.Path;
import distkv.schema.Prefixes;
import distkv.schema.job.Kind;
import distkv.schema.job.StateEntry;
import java.io.Closeable;
import java.io.IOException;
import java.util.HashMap;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;

/** Runners of any-node jobs, each a process of its own, and their entries in the tree. */
public final class RunnerProcesses implements Closeable {
    private static final Path PRESENCE = Prefixes.DEFAULT.presence().child("default");
    /** The states of jobs for any node. */
    public static final Path STATES = Kind.ANY.states(Prefixes.DEFAULT.states(), "default", "");

    private static final long TIMEOUT_NANOS = 60_000_000_000L;

    private final DistkvServer server;
    private final Client client;
    /** What a poll of all states would read again and again, which would cost the server more than the runners do. */
    private final Mirror states;

    private final Map<Path, String> running = new ConcurrentHashMap<>();
    private final Map<String, ManagedProcess> programs = new HashMap<>();

    public RunnerProcesses(DistkvServer server) throws InterruptedException {
        this.server = server;
        this.client =
                Client.connect(ClientOptions.of("127.0.0.1", server.address().getPort()));
        this.states = client.mirror(STATES);
        states.listen((before, now) -> changed(now));
        states.awaitInitial();
        states.entries().values().forEach(this::changed);
    }

    private void changed(Entry state) {
        String node =
                state.value() == null ? null : StateEntry.read(state.value()).node();
        if (node == null) {
            running.remove(state.path());
        } else {
            running.put(state.path(), node);
        }
    }

    /** Starts the runner of a node, and waits until it is present. */
    public void start(String node) throws IOException, InterruptedException {
        programs.put(node, server.runner(node));
        awaitPresence(node);
    }

    public ManagedProcess program(String node) {
        return Objects.requireNonNull(programs.get(node), node);
    }

    public void awaitPresence(String node) throws IOException, InterruptedException {
        for (long end = System.nanoTime() + TIMEOUT_NANOS; System.nanoTime() < end; TimeUnit.MILLISECONDS.sleep(20)) {
            if (client.get(PRESENCE.child(node).child(Kind.ANY.word())) != null) {
                return;
            }
        }
        throw new IOException("the runner " + node + " is not present after 60 s");
    }

    /** Kills the runner with all its workers. */
    public void kill(String node) throws IOException {
        program(node).signal("KILL");
    }

    /** The number of jobs on each node that has any. */
    public Map<String, Integer> jobs() {
        Map<String, Integer> jobs = new TreeMap<>();
        running.values().forEach(node -> jobs.merge(node, 1, Integer::sum));
        return jobs;
    }

    /** How many jobs have a node. */
    public int running() {
        return running.size();
    }

    @Override
    public void close() throws IOException {
        states.close();
        client.close();
        programs.values().forEach(ManagedProcess::close);
    }
}
