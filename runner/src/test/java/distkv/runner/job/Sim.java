package distkv.runner.job;

import distkv.model.Commit;
import distkv.model.Expectation;
import distkv.model.Path;
import distkv.model.Write;
import distkv.protocol.Values;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.PriorityQueue;
import java.util.Random;

/** A virtual world of runners around one store: time is a number, chance is a seed, and what happens is written down. */
final class Sim {
    static final double TTL = 3;
    static final Path RUNS = Path.of("run");
    static final Path STATES = Path.of("state");
    static final Path CLAIMS = Path.of("claim");
    static final Path CODES = Path.of("code");
    static final Path ERRORS = Path.of("error");

    /** One execution of a job's code. */
    static final class Execution {
        final JobId job;
        final String node;
        final double from;
        double to = Double.POSITIVE_INFINITY;
        boolean finished;

        Execution(JobId job, String node, double from) {
            this.job = job;
            this.node = node;
            this.from = from;
        }

        @Override
        public String toString() {
            return String.format("%s on %s from %.3f to %.3f", job, node, from, to);
        }
    }

    private record Timed(double time, long order, Runnable what) implements Comparable<Timed> {
        @Override
        public int compareTo(Timed other) {
            int byTime = Double.compare(time, other.time);
            return byTime != 0 ? byTime : Long.compare(order, other.order);
        }
    }

    final Random random;
    final SimStore store = new SimStore();
    final Map<String, SimNode> nodes = new LinkedHashMap<>();
    final List<Execution> executions = new ArrayList<>();
    final List<String> journal = new ArrayList<>();
    private final PriorityQueue<Timed> agenda = new PriorityQueue<>();
    private long order;
    double now = 1_000_000;

    Sim(long seed) {
        random = new Random(seed);
    }

    SimNode node(String name) {
        return nodes.computeIfAbsent(name, key -> new SimNode(this, key));
    }

    void after(double delay, Runnable what) {
        agenda.add(new Timed(now + delay, ++order, what));
    }

    /** A time between these, most often near the lower one. */
    double between(double least, double most) {
        double chance = random.nextDouble();
        return least + chance * chance * (most - least);
    }

    void note(String what) {
        journal.add(String.format("%.4f %s", now - 1_000_000, what));
    }

    /** Lets time pass. */
    void run(double seconds) {
        double end = now + seconds;
        for (Timed next = agenda.peek(); next != null && next.time() <= end; next = agenda.peek()) {
            agenda.remove();
            now = Math.max(now, next.time());
            store.expire(now);
            next.what().run();
            nodes.values().forEach(SimNode::turn);
        }
        now = end;
    }

    void put(Path path, Object value) {
        store.commit(Commit.of(Write.set(path, Values.encode(value), Expectation.anything())));
    }

    void delete(Path path) {
        store.commit(Commit.of(Write.delete(path, Expectation.anything())));
    }

    /** Stores a job for this kind; what it points to is always there. */
    void job(Kind kind, String name, double target, double repeat, double delay) {
        Map<String, Object> entry = new LinkedHashMap<>();
        entry.put("code", Path.of("demo"));
        entry.put("target", target);
        entry.put("repeat", repeat);
        entry.put("delay", delay);
        put(entryPath(kind, name), entry);
    }

    Path entryPath(Kind kind, String name) {
        return kind.entries(RUNS, "default", "a").child(name);
    }
}
