package distkv.runner.outbox;

import distkv.model.Commit;
import distkv.model.Guard;
import distkv.model.Path;
import distkv.model.Write;
import distkv.runner.outbox.CommitRequest.Purpose;
import distkv.runner.outbox.CommitRequest.Result;
import distkv.schema.job.JobId;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.BiConsumer;
import java.util.function.IntSupplier;
import org.jspecify.annotations.Nullable;

/**
 * The commits that are wanted for jobs: those of one job are sent one after another, those of different jobs side by
 * side, and notes of several jobs together. Used by the decision thread only, but for {@link SharedNotes}.
 */
public final class Outbox {
    /** How many notes share a commit at most, and how many bytes they write. */
    private static final int NOTES = 64;

    private static final int NOTES_BYTES = 1 << 18;

    private final IntSupplier most;
    /** What is under way or waits, by job: the first of each line is under way, or about to be. */
    private final Map<JobId, Deque<CommitRequest>> lines = new HashMap<>();

    private List<CommitRequest> ready = new ArrayList<>();
    private List<CommitRequest> notes = new ArrayList<>();
    private int telling;

    /** An empty one; it is <em>full</em> when so many messages of running jobs wait. */
    public Outbox(IntSupplier most) {
        this.most = most;
    }

    /** Takes in a request; returns false if the outbox is full and the request is of those that are dropped then. */
    public boolean add(CommitRequest request) {
        if (request.purpose() == Purpose.TELL) {
            if (telling >= most.getAsInt()) {
                return false;
            }
            telling++;
        }
        Deque<CommitRequest> line = lines.computeIfAbsent(request.job(), job -> new ArrayDeque<>(1));
        line.add(request);
        if (line.size() == 1) {
            isNext(request);
        }
        return true;
    }

    private void isNext(CommitRequest request) {
        // Reports of several jobs may be about the same thing, and so want to write the same entry.
        (request.purpose() == Purpose.NOTE && request.news().isEmpty() ? notes : ready).add(request);
    }

    /** A request was answered: the next one of its job may be sent. */
    public void answered(CommitRequest request) {
        telling -= request.purpose() == Purpose.TELL ? 1 : 0;
        Deque<CommitRequest> line = lines.get(request.job());
        if (line == null || !line.remove().equals(request)) {
            throw new IllegalStateException("answered out of turn: " + request);
        }
        if (line.isEmpty()) {
            lines.remove(request.job());
        } else {
            isNext(line.element());
        }
    }

    /** What is to be sent now, each in a commit of its own; notes wait, for there may be more of them. */
    public List<CommitRequest> takeReady() {
        List<CommitRequest> all = ready;
        ready = new ArrayList<>();
        return all;
    }

    /** The notes that are to be sent now. */
    public List<SharedNotes> takeNotes() {
        List<SharedNotes> shared = new ArrayList<>();
        List<CommitRequest> open = new ArrayList<>();
        long bytes = 0;
        for (CommitRequest note : notes) {
            long size = size(note);
            if (!open.isEmpty() && (open.size() == NOTES || bytes + size > NOTES_BYTES)) {
                shared.add(new SharedNotes(open));
                open = new ArrayList<>();
                bytes = 0;
            }
            open.add(note);
            bytes += size;
        }
        if (!open.isEmpty()) {
            shared.add(new SharedNotes(open));
        }
        notes = new ArrayList<>();
        return shared;
    }

    private static long size(CommitRequest note) {
        long size = 0;
        for (Write write : note.writes()) {
            size += write.value() == null ? 0 : write.value().size();
        }
        return size;
    }

    /**
     * Notes of several jobs in one commit. A conflict is that of one note: the others are written without it. Used by the
     * thread that makes the commit.
     */
    public static final class SharedNotes {
        private final List<CommitRequest> open;

        /** Notes none of which was tried. */
        public SharedNotes(List<CommitRequest> notes) {
            this.open = new ArrayList<>(notes);
        }

        /** What has no result yet: it is to be tried alone if an attempt was given up. */
        public List<CommitRequest> open() {
            return List.copyOf(open);
        }

        /** Makes them, and tells what became of each. */
        public void attempt(CommitDraft.Target target, BiConsumer<CommitRequest, Result> answered)
                throws InterruptedException {
            while (!open.isEmpty()) {
                List<Write> writes = new ArrayList<>();
                List<Guard> guards = new ArrayList<>();
                for (CommitRequest note : open) {
                    writes.addAll(note.writes());
                    guards.addAll(note.guards());
                }
                try {
                    List<Long> ticks = target.commit(new Commit(writes, guards));
                    int from = 0;
                    for (CommitRequest note : open()) {
                        int to = from + note.writes().size();
                        open.remove(note);
                        answered.accept(note, new Result.Done(ticks.subList(from, to)));
                        from = to;
                    }
                } catch (CommitDraft.Target.Refusal refusal) {
                    CommitRequest refused = open.size() == 1 ? open.getFirst() : owner(refusal.path());
                    if (refused == null) {
                        return;
                    }
                    open.remove(refused);
                    answered.accept(refused, new Result.Conflict());
                }
            }
        }

        private @Nullable CommitRequest owner(@Nullable Path path) {
            for (CommitRequest note : open) {
                for (Write write : note.writes()) {
                    if (write.path().equals(path)) {
                        return note;
                    }
                }
                for (Guard guard : note.guards()) {
                    if (guard.path().equals(path)) {
                        return note;
                    }
                }
            }
            return null;
        }
    }
}
