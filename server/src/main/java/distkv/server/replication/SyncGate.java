package distkv.server.replication;

import distkv.store.CommitOutcome;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * Where commits wait until a copy has them. While no copy is connected that has all there is, none is made; one that was
 * made just before that is given some time, and then its outcome is unknown: it is here, and may not be anywhere else.
 */
final class SyncGate {
    static final Duration PATIENCE = Duration.ofSeconds(5);

    /** Guards everything below. */
    private final Object lock = new Object();

    private final TreeMap<Long, List<CompletableFuture<Boolean>>> waiting = new TreeMap<>();
    private long copied;
    private int copies;

    /** Why no commit may be made now; {@code null} if one may. */
    @Nullable
    String refusal() {
        synchronized (lock) {
            return copies > 0
                    ? null
                    : "no copy is connected that has everything (expected: one, as the server runs with --sync)";
        }
    }

    /** A copy has everything now. */
    void joined() {
        synchronized (lock) {
            copies++;
        }
    }

    /** A copy that had everything is connected no more. */
    void left() {
        synchronized (lock) {
            copies--;
        }
    }

    /** Some copy has everything up to this revision. */
    void copied(long revision) {
        List<CompletableFuture<Boolean>> done = new ArrayList<>();
        synchronized (lock) {
            if (revision <= copied) {
                return;
            }
            copied = revision;
            SortedMap<Long, List<CompletableFuture<Boolean>>> reached = waiting.headMap(revision, true);
            reached.values().forEach(done::addAll);
            reached.clear();
        }
        done.forEach(commit -> commit.complete(true));
    }

    /** The outcome of a commit that was made here, when a copy has it or cannot be expected to. */
    CompletableFuture<CommitOutcome> whenCopied(long revision, CommitOutcome outcome) {
        CompletableFuture<Boolean> here = new CompletableFuture<>();
        synchronized (lock) {
            if (revision <= copied) {
                return CompletableFuture.completedFuture(outcome);
            }
            waiting.computeIfAbsent(revision, _ -> new ArrayList<>()).add(here);
        }
        CommitOutcome late = new CommitOutcome.Unknown(
                "written here, but no copy has confirmed it within " + PATIENCE.toSeconds() + " s");
        return here.completeOnTimeout(false, PATIENCE.toMillis(), TimeUnit.MILLISECONDS)
                .thenApply(isCopied -> isCopied ? outcome : late);
    }
}
