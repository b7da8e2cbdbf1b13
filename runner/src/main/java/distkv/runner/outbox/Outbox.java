package distkv.runner.outbox;

import distkv.model.Write;
import distkv.runner.lifecycle.CommitRequest;
import distkv.runner.lifecycle.CommitRequest.Purpose;
import distkv.schema.job.JobId;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.IntSupplier;

/**
 * The commits that are wanted for jobs: those of one job are sent one after another, those of different jobs side by
 * side, and notes of several jobs together. Used by the decision thread only.
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

    /** The notes that are to be sent now: each list shares a commit. */
    public List<List<CommitRequest>> takeNotes() {
        List<List<CommitRequest>> shared = new ArrayList<>();
        List<CommitRequest> open = new ArrayList<>();
        long bytes = 0;
        for (CommitRequest note : notes) {
            long size = size(note);
            if (!open.isEmpty() && (open.size() == NOTES || bytes + size > NOTES_BYTES)) {
                shared.add(open);
                open = new ArrayList<>();
                bytes = 0;
            }
            open.add(note);
            bytes += size;
        }
        if (!open.isEmpty()) {
            shared.add(open);
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
}
