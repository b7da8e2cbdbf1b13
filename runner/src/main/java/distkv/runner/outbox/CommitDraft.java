package distkv.runner.outbox;

import distkv.model.Commit;
import distkv.model.Entry;
import distkv.model.Expectation;
import distkv.model.Guard;
import distkv.model.Path;
import distkv.model.Write;
import distkv.runner.outbox.CommitRequest.Result;
import distkv.schema.error.ErrorRecord;
import distkv.schema.error.ErrorWrites;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** One request until it is made, or cannot be. Used by one thread. */
public final class CommitDraft {
    private static final int ATTEMPTS = 8;

    private final Target target;
    private final Author author;
    private final CommitRequest request;
    private final List<@Nullable ErrorRecord> known = new ArrayList<>();
    private List<Write> writes;
    private List<Guard> guards;
    private boolean fellBack;
    private boolean isPerhapsMade;

    /**
     * Who writes error records.
     *
     * @param errors where they are
     * @param now unix time
     */
    public record Author(String node, Path errors, double now) {}

    /** What commits are made against: the server, or a simulated one. What it throws beside the refusal its user knows. */
    public interface Target {
        /** All the writes or none; returns the tick of each. */
        List<Long> commit(Commit commit) throws Refusal, InterruptedException;

        /** What is at a path; {@code null} if there is nothing. */
        @Nullable
        Entry get(Path path) throws InterruptedException;

        /** A name for an error record that no other has. */
        long newRecord() throws InterruptedException;

        /** Nothing was written, as something is not as it was known to be. */
        final class Refusal extends Exception {
            private static final long serialVersionUID = 1;
            private final transient @Nullable Path path;

            /** With the entry that is in the way, if it is known. */
            public Refusal(@Nullable Path path) {
                // In a group many claims are refused, and nobody asks where this was thrown.
                super("refused because of " + path, null, false, false);
                this.path = path;
            }

            @Nullable
            Path path() {
                return path;
            }
        }
    }

    /** A draft of which nothing was tried. */
    public CommitDraft(Target target, Author author, CommitRequest request) {
        this.target = target;
        this.author = author;
        this.request = request;
        this.writes = request.writes();
        this.guards = request.guards();
        request.news().forEach(news -> known.add(news.known()));
    }

    /** The reply of the last attempt was lost: it may have succeeded without our knowing. */
    public void lost() {
        isPerhapsMade = true;
    }

    /** Whether it waits for the server while there is none; what may have been made does, to find out. */
    public boolean isPatient() {
        return request.purpose().isPatient() || isPerhapsMade;
    }

    /** Makes it, or finds out why it cannot be made, or that it is made already. */
    public Result attempt() throws InterruptedException {
        for (int attempt = 0; attempt < ATTEMPTS; attempt++) {
            if (isPerhapsMade) {
                Result made = made();
                if (made != null) {
                    return made;
                }
                isPerhapsMade = false;
            }
            List<Write> all = new ArrayList<>(writes);
            all.addAll(reports());
            if (all.isEmpty()) {
                return new Result.Done(List.of());
            }
            try {
                return result(target.commit(new Commit(all, guards)));
            } catch (Target.Refusal refusal) {
                if (!reread(refusal.path()) && !fallBack()) {
                    return new Result.Conflict();
                }
            }
        }
        return new Result.Conflict();
    }

    private List<Write> reports() throws InterruptedException {
        List<Write> all = new ArrayList<>();
        for (int i = 0; i < known.size(); i++) {
            ErrorRecord record = known.get(i);
            Path fresh =
                    record == null ? author.errors().child(author.node()).child(target.newRecord()) : record.record();
            all.addAll(ErrorWrites.of(
                    request.news().get(i).report(), record, fresh, author.node(), request.tock(), author.now()));
        }
        return all;
    }

    /** If it was an error record that has changed: takes in what is there now. */
    private boolean reread(@Nullable Path path) throws InterruptedException {
        for (int i = 0; i < known.size(); i++) {
            ErrorRecord record = known.get(i);
            if (record != null && record.record().equals(path)) {
                Entry entry = target.get(record.record());
                known.set(i, entry == null ? null : ErrorRecord.read(entry));
                return true;
            }
        }
        return false;
    }

    /** If the claim is gone: writes what is to be written instead. Returns false if there is no such thing. */
    private boolean fallBack() throws InterruptedException {
        CommitRequest.Fallback fallback = request.fallback();
        Write write = fallback == null ? null : fallback.over(target.get(fallback.path()));
        if (write == null) {
            return false;
        }
        fellBack = true;
        writes = List.of(write);
        guards = List.of();
        return true;
    }

    private Result result(List<Long> ticks) {
        return fellBack ? new Result.FellBack(ticks.getFirst()) : new Result.Done(ticks.subList(0, writes.size()));
    }

    /**
     * After an attempt of unknown outcome: the result if it was made after all. It was if all that it would have written is
     * there, by writes in a row (those of one commit are) that are not the ones that it was to replace.
     */
    private @Nullable Result made() throws InterruptedException {
        if (writes.isEmpty()) {
            return null;
        }
        Entry first = target.get(writes.getFirst().path());
        if (first == null || writes.getFirst().expectation().equals(Expectation.at(first.tick()))) {
            return null;
        }
        List<Long> ticks = new ArrayList<>();
        for (int i = 0; i < writes.size(); i++) {
            ticks.add(first.tick() + i);
            Entry there = i == 0 ? first : target.get(writes.get(i).path());
            if (!isMade(writes.get(i), ticks.getLast(), there)) {
                return null;
            }
        }
        return result(ticks);
    }

    private static boolean isMade(Write write, long tick, @Nullable Entry there) {
        return write.value() == null
                ? there == null
                : there != null && there.tick() == tick && write.value().equals(there.value());
    }
}
