package distkv.runner.lifecycle;

import distkv.model.Commit;
import distkv.model.Entry;
import distkv.model.Expectation;
import distkv.model.Path;
import distkv.model.Revision;
import distkv.model.Write;
import distkv.protocol.Values;
import distkv.schema.job.Kind;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.PriorityQueue;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** A virtual world of runners around one store: time is a number, chance is a seed, and what happens can be replayed. */
final class Sim {
    static final double START = 1_000_000;
    static final Path RUNS = Path.of("run");
    static final Path STATES = Path.of("state");
    static final Path CLAIMS = Path.of("claim");
    static final Path CODES = Path.of("code");
    static final Path ERRORS = Path.of("error");
    static final Path PRESENCE = Path.of("presence");
    static final Path GROUPS = Path.of("group");
    static final Path OUT = Path.of("out");

    /** What the runners of a group follow, each part with a feed of its own. */
    enum Part {
        RUN,
        STATE,
        CLAIM,
        CODE,
        ERROR,
        PRESENCE,
        GROUP;

        private static final Map<String, Part> BY_WORD = new LinkedHashMap<>();

        static {
            for (Part part : values()) {
                BY_WORD.put(part.name().toLowerCase(Locale.ROOT), part);
            }
        }
    }

    /** Whom changes of a path concern: a group, or one node of it; those of entries of a job tell its kind. */
    record Address(
            Group group,
            Part part,
            @Nullable Kind kind,
            @Nullable String node,
            Path job) {
        boolean isFor(SimNode one) {
            return node == null || node.equals(one.name);
        }
    }

    /** A change of an entry that the runners of a group follow. */
    record Change(Entry entry, Address to) {}

    /** Nodes that share jobs, and everything that was ever written for them. */
    static final class Group {
        final String name;
        final List<SimNode> nodes = new ArrayList<>();
        private final Map<Part, List<Change>> logs = new EnumMap<>(Part.class);

        Group(String name) {
            this.name = name;
            for (Part part : Part.values()) {
                logs.put(part, new ArrayList<>());
            }
        }

        /** Everything that was ever written to that part. */
        List<Change> log(Part part) {
            return Objects.requireNonNull(logs.get(part));
        }
    }

    private record Timed(double time, long order, Runnable what) implements Comparable<Timed> {
        @Override
        public int compareTo(Timed other) {
            int byTime = Double.compare(time, other.time);
            return byTime != 0 ? byTime : Long.compare(order, other.order);
        }
    }

    final SplittableRandom random;
    final SimStore store;
    final SimCheck check;
    final Map<String, Group> groups = new LinkedHashMap<>();
    private final Map<Path, Address> addresses = new HashMap<>();
    private final @Nullable List<String> journal;
    private final PriorityQueue<Timed> agenda = new PriorityQueue<>();
    private long order;
    double now = START;
    /** Whether all runs do as they are told and fail no more. */
    boolean calm;

    /** How many runs a node has room for. */
    int room = Integer.MAX_VALUE;

    /** How many messages of running jobs wait in an outbox. */
    int outbox = Integer.MAX_VALUE;

    Sim(long seed, @Nullable List<String> journal) {
        this.random = new SplittableRandom(seed);
        this.journal = journal;
        this.store = new SimStore(this, this::publish);
        this.check = new SimCheck(this);
    }

    Group group(String name) {
        return groups.computeIfAbsent(name, Group::new);
    }

    void after(double delay, Runnable what) {
        at(now + delay, what);
    }

    void at(double time, Runnable what) {
        agenda.add(new Timed(Math.max(time, now), ++order, what));
    }

    /** A time between these, most often near the lower one. */
    double between(double least, double most) {
        double chance = random.nextDouble();
        return least + chance * chance * (most - least);
    }

    boolean chance(double probability) {
        return random.nextDouble() < probability;
    }

    /** Notes what happens, if somebody wants to read it. */
    void note(Supplier<String> what) {
        if (journal != null) {
            journal.add(String.format(Locale.ROOT, "%.4f %s", now - START, what.get()));
        }
    }

    /** Lets time pass. */
    void run(double seconds) {
        double end = now + seconds;
        for (Timed next = agenda.peek(); next != null && next.time() <= end; next = agenda.peek()) {
            agenda.remove();
            now = next.time();
            next.what().run();
        }
        now = end;
    }

    /** The tree is what it was when that copy was taken; whoever follows it is told what is other than before. */
    void restore(SimStore.Backup backup) {
        note(() -> "restored from a backup");
        Set<Path> changed = store.restore(backup);
        long newest =
                backup.entries().values().stream().mapToLong(Entry::tick).max().orElse(0);
        check.restored(Revision.tick(store.revision(), 0), newest);
        for (Path path : changed) {
            Entry entry = store.get(path);
            publish(entry != null ? entry : new Entry(path, null, Revision.tick(store.revision(), 0), 0));
        }
    }

    void put(Path path, Object value) {
        store.commit(Commit.of(Write.set(path, Values.encode(value), Expectation.anything())));
    }

    void delete(Path path) {
        store.commit(Commit.of(Write.delete(path, Expectation.anything())));
    }

    /** Takes a change to those that follow its path. */
    private void publish(Entry entry) {
        if (entry.path().startsWith(OUT)) {
            return;
        }
        Address to = addresses.computeIfAbsent(entry.path(), this::address);
        to.group().log(to.part()).add(new Change(entry, to));
        for (SimNode node : to.group().nodes) {
            if (to.isFor(node)) {
                node.feeds.arriving(to.part());
            }
        }
    }

    private Address address(Path path) {
        List<Object> words = path.elements();
        Part part = Objects.requireNonNull(Part.BY_WORD.get(String.valueOf(words.get(0))));
        if (part.compareTo(Part.CLAIM) > 0) {
            return new Address(group(String.valueOf(words.get(1))), part, null, null, path.tail(2));
        }
        Kind kind = Kind.valueOf(String.valueOf(words.get(1)).toUpperCase(Locale.ROOT));
        int at = kind == Kind.AT ? 3 : 2;
        boolean own = kind == Kind.ALL && part != Part.RUN;
        String node = kind == Kind.AT ? String.valueOf(words.get(2)) : own ? String.valueOf(words.get(3)) : null;
        return new Address(group(String.valueOf(words.get(at))), part, kind, node, path.tail(own ? 4 : at + 1));
    }
}
