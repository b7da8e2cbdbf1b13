package distkv.cli.ops;

import distkv.cli.context.Printer;
import distkv.cli.context.TreeClient;
import distkv.cli.input.FailedException;
import distkv.client.Watch;
import distkv.client.WatchEvent;
import distkv.model.Entry;
import distkv.model.Path;
import distkv.schema.job.JobAddress;
import distkv.schema.job.Kind;
import distkv.schema.job.StateEntry;
import java.time.Duration;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * Follows the demonstration on a thread of its own: the values in the house, and the states of the jobs. The thread of
 * the command waits here for what it expects.
 */
final class DemoWatch implements AutoCloseable {
    private static final Duration TIMEOUT = Duration.ofSeconds(20);
    private static final Path HOUSE = Path.of("house");

    private final DemoLog log;
    private final Path states;
    private final Watch watch;

    // Guarded by this.
    private final Map<Path, String> nodeOfJob = new HashMap<>();
    private final Set<JobAddress> jobs = new HashSet<>();
    private final Set<String> nodes = new HashSet<>();
    private long changes;
    private @Nullable Path expectedAt;
    private double expected;
    private @Nullable Object found;

    private DemoWatch(TreeClient tree, DemoLog log) throws InterruptedException {
        this.log = log;
        this.states = tree.config().prefixes().states();
        this.watch = tree.watch(Path.ROOT, true, -1);
    }

    static DemoWatch start(TreeClient tree, DemoLog log) throws InterruptedException {
        DemoWatch seen = new DemoWatch(tree, log);
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
            case Boolean on -> log.line("heater", "is switched " + (on ? "on" : "off"));
            case Map<?, ?> load ->
                log.line(
                        String.valueOf(entry.path().elements().getLast()),
                        "reports a load of " + load.get("load") + " on " + load.get("cores") + " cores");
            case null, default -> {}
        }
    }

    private void state(Entry entry) {
        JobAddress job = JobAddress.ofState(entry.path().tail(states.length()));
        if (job == null) {
            return;
        }
        String node = StateEntry.read(entry.value()).node();
        String before = nodeOfJob.get(entry.path());
        if (node != null && !node.equals(before)) {
            nodeOfJob.put(entry.path(), node);
            jobs.add(job.job());
            nodes.add(node);
            log.line(node, "runs " + job.name() + reason(job.kind()));
        } else if (node == null && before != null) {
            nodeOfJob.remove(entry.path());
            log.line(before, "has stopped " + job.name());
        }
    }

    private static String reason(Kind kind) {
        return switch (kind) {
            case ANY -> "";
            case AT -> ", since it is this node's";
            case ALL -> ", as all nodes do";
        };
    }

    /** Waits until a condition holds. */
    synchronized void await(String what, Predicate<DemoWatch> condition) throws InterruptedException {
        long end = System.nanoTime() + TIMEOUT.toNanos();
        while (!condition.test(this)) {
            long left = (end - System.nanoTime()) / 1_000_000;
            if (left <= 0) {
                throw new FailedException("waited " + TIMEOUT.toSeconds() + " s for " + what);
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

    /** Whether no job runs on this node. */
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
