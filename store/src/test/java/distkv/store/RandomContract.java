package distkv.store;

import static org.assertj.core.api.Assertions.assertThat;

import distkv.model.ChangeBatch;
import distkv.model.Commit;
import distkv.model.Entry;
import distkv.model.Expectation;
import distkv.model.Guard;
import distkv.model.Path;
import distkv.model.Revision;
import distkv.model.Value;
import distkv.model.Write;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import java.util.random.RandomGenerator;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** The whole contract: what is above, and random histories held against a model that is too simple to be wrong. */
public abstract class RandomContract extends LeaseContract {
    private static final int STEPS = 400;

    /** Four seeds of their own for every run, and two that never change. They are in the names of the tests. */
    static List<Long> seeds() {
        Random fresh = new Random();
        return List.of(1L, 2L, fresh.nextLong(), fresh.nextLong(), fresh.nextLong(), fresh.nextLong());
    }

    @ParameterizedTest(name = "seed {0}")
    @MethodSource("seeds")
    void aRandomHistoryIsWhatTheModelSays(long seed) throws Exception {
        RandomGenerator random = new Random(seed);
        ManualClock clock = new ManualClock();
        Store store = open(clock);
        Model model = new Model();
        for (int i = 0; i < STEPS; i++) {
            switch (random.nextInt(12)) {
                case 0 -> model.leases.put(store.grant(Duration.ofSeconds(5)), true);
                case 1 -> {
                    long lease = model.randomLease(random);
                    store.revoke(lease);
                    model.end(lease);
                }
                default -> {
                    Commit commit = model.randomCommit(random);
                    assertThat(outcome(store, commit))
                            .as("step %d: %s", i, commit)
                            .isEqualTo(model.apply(commit));
                }
            }
        }
        assertThat(store.load()).isEqualTo(model.contents(model.revision()));
        for (int i = 0; i < 10; i++) {
            long revision = random.nextLong(model.revision() + 1);
            assertThat(store.load(revision)).isEqualTo(model.contents(revision));
        }
        ChangeFeed feed = closing(store.follow(0));
        for (ChangeBatch expected : model.history) {
            assertThat(next(feed)).isEqualTo(expected);
        }
    }

    /** The tree as maps and lists. */
    private static final class Model {
        final List<ChangeBatch> history = new ArrayList<>();
        final List<TreeMap<Path, Entry>> trees = new ArrayList<>(List.of(new TreeMap<>()));
        final Map<Long, Boolean> leases = new LinkedHashMap<>();

        long revision() {
            return history.size();
        }

        TreeContents contents(long revision) {
            return new TreeContents(
                    revision, List.copyOf(trees.get((int) revision).values()));
        }

        long randomLease(RandomGenerator random) {
            return leases.isEmpty() ? 5 : List.copyOf(leases.keySet()).get(random.nextInt(leases.size()));
        }

        Commit randomCommit(RandomGenerator random) {
            Map<Path, Write> writes = new LinkedHashMap<>();
            for (int n = 1 + random.nextInt(random.nextInt(10) == 0 ? 30 : 3); n > 0; n--) {
                Path path = randomPath(random);
                Value value = random.nextInt(4) == 0 ? null : new Value(new byte[] {(byte) random.nextInt(100)});
                long lease = random.nextInt(3) == 0 ? randomLease(random) : 0;
                writes.put(path, new Write(path, value, randomExpectation(random, path), lease));
            }
            List<Guard> guards = new ArrayList<>();
            for (int n = random.nextInt(8) - 5; n > 0; n--) {
                Path path = randomPath(random);
                guards.add(new Guard(path, randomTick(random, path)));
            }
            return new Commit(List.copyOf(writes.values()), guards);
        }

        private static Path randomPath(RandomGenerator random) {
            return Path.of("p", (long) random.nextInt(12));
        }

        private Expectation randomExpectation(RandomGenerator random, Path path) {
            return switch (random.nextInt(8)) {
                case 0 -> Expectation.absent();
                case 1, 2 -> Expectation.at(randomTick(random, path));
                default -> Expectation.anything();
            };
        }

        private long randomTick(RandomGenerator random, Path path) {
            Entry current = trees.getLast().get(path);
            return current == null || random.nextInt(5) == 0 ? random.nextLong(1, 5000) : current.tick();
        }

        CommitOutcome apply(Commit commit) {
            TreeMap<Path, Entry> tree = trees.getLast();
            for (Guard guard : commit.guards()) {
                Entry current = tree.get(guard.path());
                if (current == null || current.tick() != guard.tick()) {
                    return new CommitOutcome.Conflict(guard.path(), current, true, revision());
                }
            }
            for (Write write : commit.writes()) {
                if (!write.expectation().holds(tree.get(write.path()))) {
                    return new CommitOutcome.Conflict(write.path(), tree.get(write.path()), false, revision());
                }
                if (write.lease() != 0 && !leases.getOrDefault(write.lease(), false)) {
                    return new CommitOutcome.Refused(
                            "lease " + write.lease() + " of " + write.path() + " has ended (expected: a live lease)",
                            revision());
                }
            }
            return change(commit.writes());
        }

        private CommitOutcome.Committed change(List<Write> writes) {
            TreeMap<Path, Entry> tree = new TreeMap<>(trees.getLast());
            List<Entry> changes = new ArrayList<>();
            List<Entry> previous = new ArrayList<>();
            for (Write write : writes) {
                long tick = Revision.tick(revision() + 1, changes.size());
                Entry current = write.value() == null ? null : tree.get(write.path());
                Entry entry = new Entry(
                        write.path(),
                        write.value(),
                        tick,
                        write.value() == null ? 0 : write.lease(),
                        current == null ? tick : current.created());
                changes.add(entry);
                previous.add(entry.isDeletion() ? tree.remove(entry.path()) : tree.put(entry.path(), entry));
            }
            history.add(new ChangeBatch(revision() + 1, changes));
            trees.add(tree);
            return new CommitOutcome.Committed(revision(), previous);
        }

        void end(long lease) {
            List<Write> deletions = new ArrayList<>();
            for (Entry entry : trees.getLast().values()) {
                if (entry.lease() == lease) {
                    deletions.add(Write.delete(entry.path(), Expectation.anything()));
                }
            }
            if (!deletions.isEmpty()) {
                change(deletions);
            }
            leases.computeIfPresent(lease, (id, live) -> false);
        }
    }
}
