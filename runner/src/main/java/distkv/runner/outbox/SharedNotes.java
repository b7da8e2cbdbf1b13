package distkv.runner.outbox;

import distkv.model.Commit;
import distkv.model.Guard;
import distkv.model.Path;
import distkv.model.Write;
import distkv.runner.lifecycle.CommitRequest;
import distkv.runner.lifecycle.CommitResult;
import java.util.ArrayList;
import java.util.List;
import java.util.function.BiConsumer;
import org.jspecify.annotations.Nullable;

/** Notes of several jobs in one commit. A conflict is that of one note: the others are written without it. */
public final class SharedNotes {
    private final CommitTarget target;
    private final List<CommitRequest> open;

    /** Notes none of which was tried. */
    public SharedNotes(CommitTarget target, List<CommitRequest> notes) {
        this.target = target;
        this.open = new ArrayList<>(notes);
    }

    /** What has no result yet: it is to be tried alone if an attempt was given up. */
    public List<CommitRequest> open() {
        return List.copyOf(open);
    }

    /** Makes them, and tells what became of each. */
    public void attempt(BiConsumer<CommitRequest, CommitResult> answered) throws InterruptedException {
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
                    answered.accept(note, new CommitResult.Done(ticks.subList(from, to)));
                    from = to;
                }
            } catch (CommitTarget.Refusal refusal) {
                CommitRequest refused = open.size() == 1 ? open.getFirst() : owner(refusal.path());
                if (refused == null) {
                    return;
                }
                open.remove(refused);
                answered.accept(refused, new CommitResult.Conflict());
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
