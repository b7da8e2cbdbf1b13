package distkv.store;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;

import distkv.model.ChangeBatch;
import distkv.model.Commit;
import distkv.model.Entry;
import distkv.model.Expectation;
import distkv.model.Guard;
import distkv.model.Path;
import distkv.model.Value;
import distkv.model.Write;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterEach;

/** Short words for what tests of stores do all the time. */
public abstract class StoreTesting {
    private final List<AutoCloseable> open = new ArrayList<>();

    /** Closes something when the test is over. */
    protected <T extends AutoCloseable> T closing(T resource) {
        open.add(resource);
        return resource;
    }

    @AfterEach
    void closeAll() throws Exception {
        for (AutoCloseable resource : open.reversed()) {
            resource.close();
        }
    }

    /** The path of these elements, joined by dots; digits make an integer. */
    protected static Path path(String text) {
        return Path.of(Arrays.stream(text.split("\\."))
                .map(element -> element.matches("\\d+") ? (Object) Long.valueOf(element) : element)
                .toList());
    }

    /** The MsgPack integer {@code number}, 0 to 127. */
    protected static Value value(int number) {
        return new Value(new byte[] {(byte) number});
    }

    protected static Write set(String path, int number) {
        return Write.set(path(path), value(number), Expectation.anything());
    }

    protected static Write set(String path, int number, Expectation expectation) {
        return Write.set(path(path), value(number), expectation);
    }

    protected static Write delete(String path) {
        return Write.delete(path(path), Expectation.anything());
    }

    protected static CommitOutcome commit(Store store, Write... writes) {
        return outcome(store, new Commit(List.of(writes), List.of()));
    }

    protected static CommitOutcome commit(Store store, Guard guard, Write... writes) {
        return outcome(store, new Commit(List.of(writes), List.of(guard)));
    }

    protected static CommitOutcome outcome(Store store, Commit commit) {
        return store.commit(commit).orTimeout(60, TimeUnit.SECONDS).join();
    }

    /** Commits and returns the revision. */
    protected static long committed(Store store, Write... writes) {
        CommitOutcome outcome = commit(store, writes);
        assertThat(outcome).isInstanceOf(CommitOutcome.Committed.class);
        return ((CommitOutcome.Committed) outcome).revision();
    }

    protected static ChangeBatch next(ChangeFeed feed) throws InterruptedException, CompactedException {
        ChangeBatch batch = feed.next();
        return requireNonNull(batch, "the feed has ended");
    }

    /** A present entry in words, e.g. {@code "a.b=3"}; a deletion as {@code "a.b="}. */
    protected static String words(Entry entry) {
        String path = entry.path().elements().stream().map(String::valueOf).collect(Collectors.joining("."));
        return path + "=" + (entry.value() == null ? "" : entry.value().bytes()[0]);
    }

    protected static List<String> words(List<Entry> entries) {
        return entries.stream().map(StoreTesting::words).toList();
    }
}
