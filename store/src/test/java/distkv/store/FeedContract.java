package distkv.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import distkv.model.ChangeBatch;
import distkv.model.Commit;
import distkv.model.Entry;
import distkv.model.Expectation;
import distkv.model.Revision;
import distkv.model.Value;
import distkv.model.Write;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.Test;

/** What every store must do: the change feed and the past. */
public abstract class FeedContract extends StoreContract {
    @Test
    void theFeedHasEveryCommitInOrder() throws Exception {
        Store store = open();
        ChangeFeed feed = closing(store.follow(0));
        committed(store, set("a", 1), set("b", 2));
        committed(store, delete("a"), delete("nothing"));
        assertThat(next(feed))
                .isEqualTo(new ChangeBatch(
                        1,
                        List.of(
                                new Entry(path("a"), value(1), Revision.tick(1, 0), 0),
                                new Entry(path("b"), value(2), Revision.tick(1, 1), 0))));
        assertThat(next(feed))
                .isEqualTo(new ChangeBatch(
                        2,
                        List.of(
                                new Entry(path("a"), null, Revision.tick(2, 0), 0),
                                new Entry(path("nothing"), null, Revision.tick(2, 1), 0))));
    }

    @Test
    void whatIsAcknowledgedIsInTheFeedAlready() throws Exception {
        Store store = open();
        ChangeFeed feed = closing(store.follow(0));
        for (long revision = 1; revision <= 50; revision++) {
            committed(store, set("a", 1));
            assertThat(next(feed).revision()).isEqualTo(revision);
        }
    }

    @Test
    void theFeedHoldsTheVeryEntriesThatTheTreeHolds() throws Exception {
        Store store = open();
        committed(store, set("a", 1));
        Entry fed = next(closing(store.follow(0))).changes().getFirst();
        assertThat(store.load().entries().getFirst()).isSameAs(fed);
    }

    @Test
    void theFeedResumesAfterAnyRevision() throws Exception {
        Store store = open();
        for (int i = 0; i < 40; i++) {
            committed(store, set("a", i), set("b", i));
        }
        for (long after = 0; after < 40; after++) {
            try (ChangeFeed feed = store.follow(after)) {
                for (long revision = after + 1; revision <= 40; revision++) {
                    assertThat(next(feed).revision()).isEqualTo(revision);
                }
            }
        }
    }

    @Test
    void aWaitingFeedEndsWhenItIsClosed() throws Exception {
        Store store = open();
        ChangeFeed feed = store.follow(0);
        try (ExecutorService pool = Executors.newVirtualThreadPerTaskExecutor()) {
            Future<ChangeBatch> waiting = pool.submit(feed::next);
            feed.close();
            assertThat(waiting.get()).isNull();
            assertThat(feed.next()).isNull();
        }
    }

    @Test
    void aFeedEndsAfterTheLastCommitWhenTheStoreIsClosed() throws Exception {
        Store store = open();
        ChangeFeed feed = closing(store.follow(0));
        try (ExecutorService pool = Executors.newVirtualThreadPerTaskExecutor()) {
            Future<Long> last = pool.submit(() -> {
                long revision = 0;
                for (ChangeBatch batch = feed.next(); batch != null; batch = feed.next()) {
                    revision = batch.revision();
                }
                return revision;
            });
            List<CompletableFuture<CommitOutcome>> asked = new ArrayList<>();
            for (int i = 0; i < 100; i++) {
                asked.add(store.commit(Commit.of(set("a", 1))));
            }
            store.close();
            assertThat(asked).allMatch(CompletableFuture::isDone);
            assertThat(last.get()).isEqualTo(100);
        }
    }

    @Test
    void feedsOfManyReadersAreTheSameWhileManyWrite() throws Exception {
        Store store = open();
        int writers = 4;
        int each = 200;
        try (ExecutorService pool = Executors.newVirtualThreadPerTaskExecutor()) {
            List<Future<List<ChangeBatch>>> readers = new ArrayList<>();
            List<Future<?>> writing = new ArrayList<>();
            for (int i = 0; i < 3; i++) {
                ChangeFeed feed = closing(store.follow(0));
                readers.add(pool.submit(() -> read(feed, writers * each)));
            }
            for (int i = 0; i < writers; i++) {
                String path = "w." + i;
                writing.add(pool.submit(() -> {
                    for (int n = 0; n < each; n++) {
                        committed(store, set(path, n % 100), set(path + ".x", n % 100));
                    }
                }));
            }
            List<ChangeBatch> first = readers.getFirst().get();
            assertThat(first).extracting(ChangeBatch::revision).isSorted().doesNotHaveDuplicates();
            for (Future<?> writer : writing) {
                writer.get();
            }
            for (Future<List<ChangeBatch>> reader : readers) {
                assertThat(reader.get()).isEqualTo(first);
            }
        }
    }

    private static List<ChangeBatch> read(ChangeFeed feed, int count) throws Exception {
        List<ChangeBatch> batches = new ArrayList<>();
        while (batches.size() < count) {
            batches.add(next(feed));
        }
        return batches;
    }

    @Test
    void aFollowerFarBehindMissesNothing() throws Exception {
        Store store = open();
        ChangeFeed feed = closing(store.follow(0));
        int count = 6000;
        List<CompletableFuture<CommitOutcome>> asked = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            asked.add(store.commit(
                    Commit.of(Write.set(path("k." + i % 50), new Value(new byte[1000]), Expectation.anything()))));
        }
        asked.forEach(outcome -> assertThat(outcome.join()).isInstanceOf(CommitOutcome.Committed.class));
        for (long revision = 1; revision <= count; revision++) {
            ChangeBatch batch = next(feed);
            assertThat(batch.revision()).isEqualTo(revision);
            assertThat(batch.changes()).hasSize(1);
        }
    }

    @Test
    void theTreeCanBeLoadedAsItWas() throws Exception {
        Store store = open();
        committed(store, set("a", 1), set("b", 1));
        committed(store, set("a", 2));
        committed(store, delete("b"), set("c", 3));
        committed(store, set("b", 4));
        assertThat(words(store.load(0).entries())).isEmpty();
        assertThat(words(store.load(1).entries())).containsExactly("a=1", "b=1");
        assertThat(words(store.load(2).entries())).containsExactly("a=2", "b=1");
        assertThat(words(store.load(3).entries())).containsExactly("a=2", "c=3");
        assertThat(store.load(4)).isEqualTo(store.load());
    }

    @Test
    void aRevisionThatNeverWasCannotBeAskedFor() {
        Store store = open();
        committed(store, set("a", 1));
        assertThatThrownBy(() -> store.load(2)).hasMessage("revision 2 (expected: 0 to 1, the newest)");
        assertThatThrownBy(() -> store.follow(2)).hasMessage("revision 2 (expected: 0 to 1, the newest)");
        assertThatThrownBy(() -> store.follow(-1)).isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void historyThatIsGoneSaysSoAndNamesTheOldestRevision() throws Exception {
        Store store = openForgetful();
        ChangeFeed late = closing(store.follow(0));
        CompactedException compacted = writeUntilCompacted(store);
        assertThat(compacted.oldest()).isPositive();
        assertThat(compacted).hasMessageContaining("revision 0 is compacted (expected: ");
        assertThatThrownBy(() -> store.load(0)).isInstanceOf(CompactedException.class);
        readToTheEnd(late, store.load().revision());
        long newest = committed(store, set("k.0", 1));
        assertThat(store.load(newest)).isEqualTo(store.load());
        TreeContents recent = store.load(newest - 10);
        ChangeFeed feed = closing(store.follow(newest - 10));
        assertThat(next(feed).revision()).isEqualTo(newest - 9);
        assertThat(recent.entries()).hasSize(10);
    }

    private static CompactedException writeUntilCompacted(Store store) {
        for (int i = 0; i < 5000; i++) {
            committed(store, set("k." + i % 10, i % 100));
            try {
                store.follow(0).close();
            } catch (CompactedException e) {
                return e;
            }
        }
        throw new AssertionError("after 5000 commits revision 0 can still be followed");
    }

    /** Reads to a revision or to the {@link CompactedException}, without a gap; returns the last revision that there was. */
    private static long readToTheEnd(ChangeFeed feed, long newest) throws InterruptedException {
        long last = 0;
        try {
            while (last < newest) {
                assertThat(next(feed).revision()).isEqualTo(last + 1);
                last++;
            }
        } catch (CompactedException e) {
            assertThat(e.oldest()).isGreaterThan(last);
        }
        return last;
    }
}
