package distkv.store.sqlite;

import static org.assertj.core.api.Assertions.assertThat;

import distkv.model.ChangeBatch;
import distkv.model.Entry;
import distkv.model.Origin;
import distkv.store.ChangeFeed;
import distkv.store.CompactedException;
import distkv.store.TreeContents;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;

/**
 * The commits that a {@link StoreChild} knows to have happened.
 *
 * @param numbers the number of each by its revision
 * @param refused the numbers of those that were refused
 */
record Acks(Map<Long, Long> numbers, Set<Long> refused) {
    /** Stands for the revision of a commit that was refused. */
    static final long REFUSED = -1;

    static Acks read(Path file) throws IOException {
        return of(ByteBuffer.wrap(Files.readAllBytes(file)));
    }

    /** Half a record at the end was never written for good. */
    static Acks of(ByteBuffer records) {
        Map<Long, Long> numbers = new HashMap<>();
        Set<Long> refused = new HashSet<>();
        while (records.remaining() >= 16) {
            long revision = records.getLong();
            long number = records.getLong();
            if (revision == REFUSED) {
                refused.add(number);
            } else {
                numbers.put(revision, number);
            }
        }
        return new Acks(numbers, refused);
    }

    long newest() {
        return numbers.keySet().stream().mapToLong(Long::longValue).max().orElse(0);
    }

    /**
     * Every acknowledged commit after a revision is in the store and none that was refused, no revision is missing, and no
     * commit is there by half or another's. Returns the store's newest revision.
     */
    long check(SqliteStore store, long after) throws InterruptedException, CompactedException {
        TreeContents contents = store.load();
        assertThat(contents.revision()).isGreaterThanOrEqualTo(newest());
        Map<String, Integer> present = new HashMap<>();
        try (ChangeFeed feed = store.follow(after)) {
            for (long revision = after + 1; revision <= contents.revision(); revision++) {
                ChangeBatch batch = Objects.requireNonNull(feed.next());
                assertThat(batch.revision()).isEqualTo(revision);
                List<Entry> changes = batch.changes();
                assertThat(changes).hasSize(2);
                assertThat(StoreChild.number(changes.get(0))).isEqualTo(StoreChild.number(changes.get(1)));
                Long acknowledged = numbers.get(revision);
                assertThat(acknowledged == null || acknowledged == StoreChild.number(batch))
                        .isTrue();
                assertThat(refused).doesNotContain(StoreChild.number(batch));
                for (Entry entry : changes) {
                    checkAuthor(entry);
                    present.put(entry.path().toString(), StoreChild.number(entry));
                }
            }
        }
        for (Entry entry : contents.entries()) {
            Integer number = present.get(entry.path().toString());
            assertThat(number == null || number == StoreChild.number(entry)).isTrue();
            checkAuthor(entry);
            assertThat(store.origin(entry.tick())).isEqualTo(StoreChild.origin(StoreChild.number(entry)));
        }
        // The left entries come first, then the right ones, each sorted by the number of the pair.
        int pairs = contents.entries().size() / 2;
        for (int i = 0; i < pairs; i++) {
            assertThat(StoreChild.number(contents.entries().get(i)))
                    .isEqualTo(StoreChild.number(contents.entries().get(i + pairs)));
        }
        return contents.revision();
    }

    private static void checkAuthor(Entry entry) {
        Origin origin = StoreChild.origin(StoreChild.number(entry));
        assertThat(entry.by()).isEqualTo(origin == null ? null : origin.who());
    }
}
