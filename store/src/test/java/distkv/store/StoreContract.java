package distkv.store;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import distkv.model.Bytes;
import distkv.model.Commit;
import distkv.model.Entry;
import distkv.model.Expectation;
import distkv.model.Guard;
import distkv.model.Path;
import distkv.model.Revision;
import distkv.model.Value;
import distkv.model.Write;
import distkv.model.WriteId;
import distkv.store.engine.LeaseClock;
import java.math.BigInteger;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.Test;

/** What every store must do: commits. The feed, leases and the rest are in the contracts that extend this one. */
public abstract class StoreContract extends StoreTesting {
    /** A new, empty store whose tree is named {@code contract}; {@link #closing} closes it. */
    protected abstract Store open(LeaseClock clock);

    /** The same, but its history reaches back a few hundred revisions only. */
    protected abstract Store openForgetful();

    protected Store open() {
        return open(new ManualClock());
    }

    @Test
    void aNewStoreIsEmptyAtRevisionZero() throws Exception {
        Store store = open();
        assertThat(store.treeName()).isEqualTo("contract");
        assertThat(store.load()).isEqualTo(new TreeContents(0, List.of()));
        assertThat(store.load(0)).isEqualTo(new TreeContents(0, List.of()));
    }

    @Test
    void aCommitIsThereWhenItIsAcknowledged() {
        Store store = open();
        CommitOutcome outcome = commit(store, set("a.b", 1), set("a", 2));
        assertThat(outcome).isInstanceOf(CommitOutcome.Committed.class);
        CommitOutcome.Committed committed = (CommitOutcome.Committed) outcome;
        assertThat(committed.revision()).isEqualTo(1);
        assertThat(committed.previous()).containsExactly(null, null);
        assertThat(store.load())
                .isEqualTo(new TreeContents(
                        1,
                        List.of(
                                new Entry(path("a"), value(2), Revision.tick(1, 1), 0),
                                new Entry(path("a.b"), value(1), Revision.tick(1, 0), 0))));
    }

    @Test
    void revisionsCountCommitsFromOne() {
        Store store = open();
        for (long revision = 1; revision <= 20; revision++) {
            assertThat(committed(store, set("a", 1))).isEqualTo(revision);
        }
        assertThat(store.load().revision()).isEqualTo(20);
    }

    @Test
    void anAcknowledgementTellsWhatWasReplaced() {
        Store store = open();
        committed(store, set("a", 1));
        CommitOutcome.Committed second = (CommitOutcome.Committed) commit(store, set("a", 2), set("b", 3));
        assertThat(second.previous()).containsExactly(new Entry(path("a"), value(1), Revision.tick(1, 0), 0), null);
        CommitOutcome.Committed third = (CommitOutcome.Committed) commit(store, delete("a"));
        assertThat(third.previous())
                .containsExactly(new Entry(path("a"), value(2), Revision.tick(2, 0), 0, Revision.tick(1, 0)));
        CommitOutcome.Committed fourth = (CommitOutcome.Committed) commit(store, set("a", 4));
        assertThat(fourth.previous()).containsExactly((Entry) null);
    }

    @Test
    void anEntryIsCreatedOnceAndAnewWhenItWasDeleted() throws Exception {
        Store store = open();
        committed(store, set("x", 1), set("a", 1));
        committed(store, set("a", 2));
        committed(store, set("a", 3));
        assertThat(created(store.load())).containsExactly(Revision.tick(1, 1), Revision.tick(1, 0));
        committed(store, delete("a"));
        committed(store, set("a", 4));
        committed(store, set("a", 5));
        assertThat(created(store.load())).containsExactly(Revision.tick(5, 0), Revision.tick(1, 0));
        assertThat(created(store.load(3))).containsExactly(Revision.tick(1, 1), Revision.tick(1, 0));
        ChangeFeed feed = closing(store.follow(2));
        assertThat(next(feed).changes().getFirst().created()).isEqualTo(Revision.tick(1, 1));
        Entry deletion = next(feed).changes().getFirst();
        assertThat(deletion.created()).isEqualTo(deletion.tick());
    }

    private static List<Long> created(TreeContents contents) {
        return contents.entries().stream().map(Entry::created).toList();
    }

    @Test
    void aDeletedEntryIsGone() {
        Store store = open();
        committed(store, set("a", 1), set("b", 2));
        committed(store, delete("a"));
        assertThat(words(store.load().entries())).containsExactly("b=2");
    }

    @Test
    void deletingWhatIsNotThereIsACommit() {
        Store store = open();
        assertThat(committed(store, delete("a"))).isEqualTo(1);
        assertThat(store.load()).isEqualTo(new TreeContents(1, List.of()));
    }

    @Test
    void absentConflictsWithWhatIsThere() {
        Store store = open();
        committed(store, set("a", 1, Expectation.absent()));
        Entry current = new Entry(path("a"), value(1), Revision.tick(1, 0), 0);
        assertThat(commit(store, set("a", 2, Expectation.absent())))
                .isEqualTo(new CommitOutcome.Conflict(path("a"), current, false, 1));
        committed(store, delete("a"));
        assertThat(committed(store, set("a", 3, Expectation.absent()))).isEqualTo(3);
    }

    @Test
    void atHoldsForTheNewestWriteOnly() {
        Store store = open();
        committed(store, set("a", 1));
        assertThat(committed(store, set("a", 2, Expectation.at(Revision.tick(1, 0)))))
                .isEqualTo(2);
        Entry current = new Entry(path("a"), value(2), Revision.tick(2, 0), 0, Revision.tick(1, 0));
        assertThat(commit(store, set("a", 3, Expectation.at(Revision.tick(1, 0)))))
                .isEqualTo(new CommitOutcome.Conflict(path("a"), current, false, 2));
        committed(store, delete("a"));
        assertThat(commit(store, set("a", 3, Expectation.at(Revision.tick(3, 0)))))
                .isEqualTo(new CommitOutcome.Conflict(path("a"), null, false, 3));
    }

    @Test
    void aConflictInOneWriteUndoesTheWholeCommit() {
        Store store = open();
        committed(store, set("a", 1));
        TreeContents before = store.load();
        assertThat(commit(store, set("b", 2), set("a", 2, Expectation.absent()), delete("c")))
                .isInstanceOf(CommitOutcome.Conflict.class);
        assertThat(store.load()).isEqualTo(before);
        assertThat(committed(store, set("c", 3))).isEqualTo(2);
    }

    @Test
    void aGuardOnAnotherPathLetsACommitHappenOrNot() {
        Store store = open();
        committed(store, set("claim", 1));
        Guard guard = new Guard(path("claim"), Revision.tick(1, 0));
        assertThat(commit(store, guard, set("result", 1))).isInstanceOf(CommitOutcome.Committed.class);
        committed(store, set("claim", 2));
        Entry current = new Entry(path("claim"), value(2), Revision.tick(3, 0), 0, Revision.tick(1, 0));
        assertThat(commit(store, guard, set("result", 2)))
                .isEqualTo(new CommitOutcome.Conflict(path("claim"), current, true, 3));
        committed(store, delete("claim"));
        assertThat(commit(store, guard, set("result", 3)))
                .isEqualTo(new CommitOutcome.Conflict(path("claim"), null, true, 4));
        assertThat(words(store.load().entries())).containsExactly("result=1");
    }

    @Test
    void aGuardLooksAtTheTreeBeforeTheCommit() {
        Store store = open();
        committed(store, set("claim", 1));
        Guard guard = new Guard(path("claim"), Revision.tick(1, 0));
        assertThat(commit(store, guard, delete("claim"), set("state", 2))).isInstanceOf(CommitOutcome.Committed.class);
        assertThat(words(store.load().entries())).containsExactly("state=2");
    }

    @Test
    void aCommitHoldsAsManyWritesAsATickCanCount() {
        Store store = open();
        List<Write> writes = new ArrayList<>();
        for (int i = 0; i < Revision.MAX_WRITES; i++) {
            writes.add(set("many." + i, i % 100));
        }
        assertThat(outcome(store, new Commit(writes, List.of()))).isInstanceOf(CommitOutcome.Committed.class);
        List<Entry> entries = store.load().entries();
        assertThat(entries).hasSize(Revision.MAX_WRITES);
        assertThat(entries.getLast().tick()).isEqualTo(Revision.tick(1, Revision.MAX_WRITES - 1));
    }

    @Test
    void pathsAndValuesOfAllKindsComeBackAsTheyWere() throws Exception {
        Store store = open();
        List<Path> paths = List.of(
                Path.ROOT,
                Path.of((Object) null),
                Path.of(true, 1L, 1.5, "", "\0", new Bytes(new byte[] {0, -1})),
                Path.of(Path.of("nested", Path.ROOT), "x"));
        List<Value> values =
                List.of(new Value(new byte[0]), new Value(new byte[] {(byte) 0xc0}), new Value(new byte[3_000_000]));
        for (Path path : paths) {
            for (Value value : values) {
                outcome(store, Commit.of(Write.set(path, value, Expectation.anything())));
            }
        }
        assertThat(store.load().entries())
                .extracting(Entry::path)
                .containsExactlyElementsOf(paths.stream().sorted().toList());
        try (ChangeFeed feed = store.follow(0)) {
            for (Path path : paths) {
                for (Value value : values) {
                    Entry entry = next(feed).changes().getFirst();
                    assertThat(entry.path()).isEqualTo(path);
                    assertThat(entry.value()).isEqualTo(value);
                }
            }
        }
    }

    @Test
    void commitsOfOneThreadHappenInTheOrderTheyWereAskedForIn() {
        Store store = open();
        List<CompletableFuture<CommitOutcome>> asked = new ArrayList<>();
        for (int i = 0; i < 3000; i++) {
            asked.add(store.commit(Commit.of(set("a", i % 100))));
        }
        for (int i = 0; i < asked.size(); i++) {
            assertThat(asked.get(i).join()).isInstanceOfSatisfying(CommitOutcome.Committed.class, committed -> {
                assertThat(committed.previous()).hasSize(1);
            });
            assertThat(((CommitOutcome.Committed) asked.get(i).join()).revision())
                    .isEqualTo(i + 1);
        }
    }

    @Test
    void ofManyWhoCompareAndSetAtOnceNoUpdateIsLost() throws Exception {
        Store store = open();
        committed(store, set("counter", 0));
        int threads = 8;
        long each = 50;
        try (ExecutorService pool = Executors.newVirtualThreadPerTaskExecutor()) {
            List<Future<Integer>> tries = new ArrayList<>();
            for (int i = 0; i < threads; i++) {
                tries.add(pool.submit(() -> increment(store, each)));
            }
            int total = 0;
            for (Future<Integer> conflicts : tries) {
                total += conflicts.get();
            }
            assertThat(total).isNotNegative();
        }
        TreeContents contents = store.load();
        assertThat(contents.revision()).isEqualTo(1 + threads * each);
        assertThat(number(contents.entries().getFirst())).isEqualTo(threads * each);
    }

    private static long number(Entry entry) {
        return new BigInteger(requireNonNull(entry.value()).bytes()).longValue();
    }

    private static int increment(Store store, long times) {
        int conflicts = 0;
        Entry seen = store.load().entries().getFirst();
        for (int done = 0; done < times; ) {
            Value value = new Value(BigInteger.valueOf(number(seen) + 1).toByteArray());
            Write write = Write.set(seen.path(), value, Expectation.at(seen.tick()));
            switch (outcome(store, Commit.of(write))) {
                case CommitOutcome.Committed committed -> {
                    seen = new Entry(seen.path(), value, Revision.tick(committed.revision(), 0), 0);
                    done++;
                }
                case CommitOutcome.Conflict conflict -> {
                    seen = requireNonNull(conflict.current());
                    conflicts++;
                }
                case CommitOutcome other -> throw new AssertionError(other);
            }
        }
        return conflicts;
    }

    /** Sets an entry on behalf of a request, and returns the revision. */
    private static long committedFor(Store store, WriteId id, String path, int number) {
        Commit commit = new Commit(List.of(set(path, number), set(path + ".b", number)), List.of(), id);
        return ((CommitOutcome.Committed) outcome(store, commit)).revision();
    }

    @Test
    void commitsAreFoundByTheRequestsThatTheyWereMadeFor() throws Exception {
        Store store = open();
        committed(store, set("a", 1));
        long first = committedFor(store, new WriteId(1L << 45, 7), "a", 2);
        long second = committedFor(store, new WriteId(1L << 45, 7), "a", 3);
        long third = committedFor(store, new WriteId(1L << 45, Long.MAX_VALUE).part(), "a", 4);
        committedFor(store, new WriteId(5, 7), "a", 5);
        Commit conflict = new Commit(List.of(set("a", 6, Expectation.absent())), List.of(), new WriteId(1L << 45, 8));
        assertThat(outcome(store, conflict)).isInstanceOf(CommitOutcome.Conflict.class);

        WriteId one = new WriteId(1L << 45, 7);
        WriteId part = new WriteId(1L << 45, -Long.MAX_VALUE);
        assertThat(store.writtenBy(Set.of(1L << 45), 1))
                .isEqualTo(Map.of(one, List.of(first, second), part, List.of(third)));
        assertThat(store.writtenBy(Set.of(1L << 45, 5L), first))
                .isEqualTo(Map.of(one, List.of(second), part, List.of(third), new WriteId(5, 7), List.of(third + 1)));
        assertThat(store.writtenBy(Set.of(4L), 0)).isEmpty();
        CommitOutcome.Committed found = store.committed(second);
        assertThat(found.revision()).isEqualTo(second);
        assertThat(words(found.previous())).containsExactly("a=2", "a.b=2");
        assertThat(store.committed(1).previous()).containsExactly((Entry) null);
        assertThatThrownBy(() -> store.writtenBy(Set.of(5L), third + 2)).isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void nobodyKnowsWhatWasMadeForARequestBeforeHistoryBegins() throws Exception {
        Store store = openForgetful();
        long early = committedFor(store, new WriteId(1, 1), "a", 1);
        CompactedException compacted = null;
        for (int i = 0; compacted == null; i++) {
            committedFor(store, new WriteId(2, i + 1), "a", i % 100);
            try {
                assertThat(store.writtenBy(Set.of(1L), early - 1)).isEqualTo(Map.of(new WriteId(1, 1), List.of(early)));
            } catch (CompactedException e) {
                compacted = e;
            }
        }
        assertThat(store.writtenBy(Set.of(1L), compacted.oldest())).isEmpty();
        assertThatThrownBy(() -> store.committed(early)).isInstanceOf(CompactedException.class);
    }

    @Test
    void aClosedStoreRefusesCommits() {
        Store store = open();
        store.close();
        assertThat(commit(store, set("a", 1))).isInstanceOf(CommitOutcome.Refused.class);
        assertThatThrownBy(() -> store.grant(Duration.ofSeconds(1))).isInstanceOf(StoreException.class);
        store.close();
    }

    @Test
    void whatWasAskedForBeforeCloseStillHappens() {
        Store store = open();
        List<CompletableFuture<CommitOutcome>> asked = new ArrayList<>();
        for (int i = 0; i < 500; i++) {
            asked.add(store.commit(Commit.of(set("a", 1))));
        }
        store.close();
        assertThat(asked)
                .allSatisfy(outcome ->
                        assertThat(outcome).isCompletedWithValueMatching(CommitOutcome.Committed.class::isInstance));
    }
}
