package distkv.server.session;

import distkv.model.Chain;
import distkv.model.Commit;
import distkv.model.Entry;
import distkv.model.Expectation;
import distkv.model.Guard;
import distkv.model.Path;
import distkv.model.Revision;
import distkv.model.Write;
import distkv.model.WriteId;
import distkv.protocol.PathShortener;
import distkv.protocol.Reply;
import distkv.protocol.Seq;
import distkv.server.tree.Depths;
import distkv.server.tree.KeyOrderWalk;
import distkv.store.CommitOutcome;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * One {@code delete_tree} on its way. It deletes what one snapshot shows, in commits of {@value Revision#MAX_WRITES}:
 * all or nothing within each of them. They are given to the store one right after the other, before any later request
 * of this client; their replies go out in that order, whatever order they come back in.
 */
final class TreeDeletion {
    private final Connection session;
    private final Seq seq;
    private final Path top;
    private final List<Guard> guards;
    private final boolean stream;
    private final List<CommitOutcome.Committed> before;
    private final boolean complete;
    private final PathShortener shortener;

    /** What came back of each part; guards what follows. */
    private final List<@Nullable Part> parts = new ArrayList<>();

    private int answered;
    private long removed;
    private Reply.@Nullable Failed failure;

    /** One commit of it, and what became of that. */
    private record Part(PendingCommit submission, CommitOutcome outcome) {}

    /**
     * Makes one.
     *
     * @param stream whether the answer names each entry
     * @param before what was made of it when it was asked for before, in order
     * @param complete whether that is all of it
     */
    TreeDeletion(
            Connection session,
            Seq seq,
            Path top,
            List<Guard> guards,
            boolean stream,
            List<CommitOutcome.Committed> before,
            boolean complete) {
        this.session = session;
        this.seq = seq;
        this.top = top;
        this.guards = guards;
        this.stream = stream;
        this.before = before;
        this.complete = complete;
        this.shortener = new PathShortener(top);
    }

    /** Called by the session's reader. */
    void start() {
        session.inFlight().awaitNone();
        session.site().replica().know(top);
        if (stream) {
            session.output().write(new Reply.StreamStart(seq, session.tock()));
        }
        for (CommitOutcome.Committed part : before) {
            session.site().replica().await(part.revision());
            removed(part).forEach(session.output()::write);
        }
        List<List<Write>> all = complete ? List.of() : split();
        if (all.isEmpty()) {
            failure = complete ? null : GuardCheck.broken(session, seq, guards);
            end().forEach(session.output()::write);
            return;
        }
        synchronized (parts) {
            all.forEach(_ -> parts.add(null));
        }
        for (int i = 0; i < all.size(); i++) {
            delete(i, all.get(i), i == all.size() - 1);
        }
    }

    /** What is there to be deleted; of what was not there when it began, as far as that is known, nothing. */
    private List<List<Write>> split() {
        long begun = before.isEmpty()
                ? Long.MAX_VALUE
                : Revision.tick(before.getFirst().revision(), 0);
        List<List<Write>> all = new ArrayList<>();
        for (KeyOrderWalk walk = session.site().replica().snapshot().walk(top, Depths.ALL); walk.next(); ) {
            Entry entry = walk.entry();
            if (entry == null || entry.tick() >= begun) {
                continue;
            }
            if (all.isEmpty() || all.getLast().size() == Revision.MAX_WRITES) {
                all.add(new ArrayList<>());
            }
            all.getLast().add(Write.delete(walk.path(), Expectation.anything()));
        }
        return all;
    }

    private void delete(int index, List<Write> writes, boolean last) {
        WriteId id = session.id(seq);
        Commit commit = new Commit(writes, guards, id == null || last ? id : id.part());
        PendingCommit submission = PendingCommit.admit(session, seq, commit);
        submission.commit(commit, outcome -> arrived(index, new Part(submission, outcome)));
    }

    private void arrived(int index, Part part) {
        synchronized (parts) {
            parts.set(index, part);
            for (Part next = next(); next != null; next = next()) {
                answered++;
                List<Reply> replies = new ArrayList<>(replies(next));
                if (answered == parts.size()) {
                    replies.addAll(end());
                }
                next.submission().answer(replies);
            }
        }
    }

    private @Nullable Part next() {
        return answered < parts.size() ? parts.get(answered) : null;
    }

    private List<Reply> replies(Part part) {
        return switch (part.outcome()) {
            case CommitOutcome.Committed committed -> removed(committed);
            case CommitOutcome.Conflict(Path guarded, Entry current, var _, var _) -> {
                Path shown = RequestPaths.shown(session.root(), guarded);
                failed(ErrorReplies.guard(seq, shown, current, session.tock()));
                yield List.of();
            }
            case CommitOutcome.Refused _, CommitOutcome.Unknown _ -> {
                failed(ErrorReplies.unwritten(seq, part.outcome(), 0, session));
                yield List.of();
            }
        };
    }

    private void failed(Reply.Failed error) {
        if (failure == null) {
            failure = error;
        }
    }

    private List<Reply> removed(CommitOutcome.Committed committed) {
        List<Reply> items = new ArrayList<>();
        for (int i = 0; i < committed.previous().size(); i++) {
            Entry previous = committed.previous().get(i);
            if (previous == null || previous.isDeletion()) {
                continue;
            }
            removed++;
            if (stream) {
                PathShortener.Shortened path = shortener.next(previous.path());
                long tick = Revision.tick(committed.revision(), i);
                Chain chain = new Chain(session.site().store().treeName(), tick);
                items.add(new Reply.Removed(seq, path.depth(), path.path(), chain, previous.value(), tick));
            }
        }
        return items;
    }

    /** What comes last. */
    private List<Reply> end() {
        List<Reply> last = new ArrayList<>();
        if (failure != null) {
            last.add(failure);
        }
        if (stream) {
            last.add(new Reply.StreamEnd(seq, session.tock()));
        } else if (failure == null) {
            last.add(new Reply.Count(seq, removed, session.tock()));
        }
        return last;
    }
}
