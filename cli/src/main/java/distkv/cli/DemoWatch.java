package distkv.cli;

import distkv.client.Watch;
import distkv.client.WatchEvent;
import distkv.model.Entry;
import distkv.model.Path;
import distkv.schema.job.Kind;
import java.time.Duration;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * Follows what happens in the demonstration, on a thread of its own: the values in the house, and what becomes of the
 * jobs. The demonstration's own thread waits here for what it expects.
 */
final class DemoWatch implements AutoCloseable {
    private static final Duration PATIENCE = Duration.ofSeconds(20);
    private static final Path HOUSE = Path.of("house");

    private final Narrator narrator;
    private final Path states;
    private final Watch watch;

    // Guarded by this.
    private final Map<Path, String> nodeOfJob = new HashMap<>();
    private final Set<Path> jobs = new HashSet<>();
    private final Set<String> nodes = new HashSet<>();
    private long changes;
    private @Nullable Path expectedAt;
    private double expected;
    private @Nullable Object found;

    private DemoWatch(Tree tree, Narrator narrator) throws InterruptedException {
        this.narrator = narrator;
        this.states = tree.config().path("runner.state");
        this.watch = tree.watch(Path.ROOT, true, -1);
    }

    static DemoWatch start(Tree tree, Narrator narrator) throws InterruptedException {
        DemoWatch seen = new DemoWatch(tree, narrator);
        Thread.ofPlatform().daemon().name("demo-watch").start(seen::follow);
        return seen;
    }

    private void follow() {
        try {
            for (WatchEvent event = watch.next(); event != null; event = watch.next()) {
                if (event instanceof WatchEvent.Changed(Entry entry)) {
                    saw(entry);
                }
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private synchronized void saw(Entry entry) {
        if (entry.path().startsWith(HOUSE)) {
            changes++;
            value(entry);
        } else if (entry.path().startsWith(states)) {
            state(entry);
        }
        notifyAll();
    }

    private void value(Entry entry) {
        Object value = Printer.decoded(entry);
        if (entry.path().equals(expectedAt)) {
            found = value;
        }
        switch (value) {
            case Boolean on -> narrator.line("heater", "is switched " + (on ? "on" : "off"));
            case Map<?, ?> load ->
                narrator.line(
                        String.valueOf(entry.path().elements().getLast()),
                        "reports a load of " + load.get("load") + " on " + load.get("cores") + " cores");
            case null, default -> {}
        }
    }

    private void state(Entry entry) {
        Object node = Printer.decoded(entry) instanceof Map<?, ?> state ? state.get("node") : null;
        String before = nodeOfJob.get(entry.path());
        if (node instanceof String now && !now.equals(before)) {
            nodeOfJob.put(entry.path(), now);
            jobs.add(job(entry.path()));
            nodes.add(now);
            narrator.line(now, "runs " + name(entry.path()) + reason(entry.path()));
        } else if (node == null && before != null) {
            nodeOfJob.remove(entry.path());
            narrator.line(before, "has stopped " + name(entry.path()));
        }
    }

    /** A state's path without the node, so that a job of all nodes counts once. */
    private Path job(Path state) {
        return Path.of(kind(state)).append(name(state));
    }

    private Path name(Path state) {
        return state.tail(states.length() + (kind(state).equals(Kind.ANY.word()) ? 2 : 3));
    }

    private String reason(Path state) {
        return switch (kind(state)) {
            case "at" -> ", since it is this node's";
            case "all" -> ", as all nodes do";
            default -> "";
        };
    }

    private String kind(Path state) {
        return state.elements().get(states.length()).toString();
    }

    /** Waits until something is so. */
    synchronized void await(String what, Predicate<DemoWatch> condition) throws InterruptedException {
        long end = System.nanoTime() + PATIENCE.toNanos();
        while (!condition.test(this)) {
            long left = (end - System.nanoTime()) / 1_000_000;
            if (left <= 0) {
                throw new FailedException("waited " + PATIENCE.toSeconds() + " s for " + what);
            }
            wait(left);
        }
    }

    synchronized void expect(Path path, double value) {
        expectedAt = path;
        expected = value;
        found = null;
    }

    synchronized boolean hasExpected() {
        return found instanceof Number number && Math.abs(number.doubleValue() - expected) < 1e-9;
    }

    synchronized String shown() {
        return String.format("%.1f", expected);
    }

    synchronized int running() {
        return nodeOfJob.size();
    }

    synchronized boolean isIdle() {
        return nodeOfJob.isEmpty();
    }

    /** Whether every job that can runs elsewhere. */
    synchronized boolean runsWithout(String node) {
        return !nodeOfJob.containsValue(node);
    }

    synchronized int jobs() {
        return jobs.size();
    }

    synchronized int nodes() {
        return nodes.size();
    }

    synchronized long changes() {
        return changes;
    }

    @Override
    public void close() {
        watch.close();
    }
}
