package distkv.server.request;

import distkv.model.Chain;
import distkv.model.Commit;
import distkv.model.Depths;
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
import distkv.server.tree.KeyOrderWalk;
import distkv.store.CommitOutcome;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * One {@code delete_tree}. It deletes what one snapshot shows, in commits of {@value Revision#MAX_WRITES} writes, each of
 * which is atomic. They go to the store one right after the other, before any later request of this client, and their
 * replies are sent in that order, in whatever order they are settled.
 */
final class TreeDeletion {
    private final RequestContext context;
    private final Seq seq;
    private final Path top;
    private final List<Guard> guards;
    private final boolean stream;
    private final long cause;
    private final List<CommitOutcome.Committed> before;
    private final boolean complete;
    private final PathShortener shortener;

    /** What became of each part; guards everything below. */
    private final List<@Nullable Part> parts = new ArrayList<>();

    private int answered;
    private long removed;
    private Reply.@Nullable Failed failure;

    /** One of the commits and its outcome. */
    private record Part(PendingCommit pending, CommitOutcome outcome) {}

    /**
     * Makes a deletion that has not started.
     *
     * @param stream whether the answer names each entry
     * @param before the commits that earlier attempts have made, in order
     * @param complete whether these are all of them
     */
    TreeDeletion(
            RequestContext context,
            Seq seq,
            Path top,
            List<Guard> guards,
            boolean stream,
            long cause,
            List<CommitOutcome.Committed> before,
            boolean complete) {
        this.context = context;
        this.seq = seq;
        this.top = top;
        this.guards = guards;
        this.stream = stream;
        this.cause = cause;
        this.before = before;
        this.complete = complete;
        this.shortener = new PathShortener(top);
    }

    void start() {
        context.inFlight().awaitNone();
        context.server().replica().makeKnown(top);
        if (stream) {
            context.write(new Reply.StreamStart(seq, context.tock()));
        }
        for (CommitOutcome.Committed part : before) {
            context.server().replica().await(part.revision());
            removed(part).forEach(context::write);
        }
        List<List<Write>> all = complete ? List.of() : split();
        if (all.isEmpty()) {
            failure = complete ? null : GuardCheck.broken(context, seq, guards);
            end().forEach(context::write);
            return;
        }
        synchronized (parts) {
            all.forEach(_ -> parts.add(null));
        }
        for (int i = 0; i < all.size(); i++) {
            delete(i, all.get(i), i == all.size() - 1);
        }
    }

    /** The writes of each commit. An entry that was created after the first attempt began is left alone. */
    private List<List<Write>> split() {
        long begun = before.isEmpty()
                ? Long.MAX_VALUE
                : Revision.tick(before.getFirst().revision(), 0);
        List<List<Write>> all = new ArrayList<>();
        for (KeyOrderWalk walk = context.server().replica().snapshot().walk(top, Depths.ALL); walk.next(); ) {
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
        WriteId id = context.id(seq);
        Commit commit = new Commit(
                writes,
                guards,
                id == null || last ? id : id.part(),
                context.access().origin(guards, cause));
        PendingCommit pending = PendingCommit.admit(context, seq, commit);
        pending.commit(commit, outcome -> arrived(index, new Part(pending, outcome)));
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
                next.pending().answer(replies);
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
                Path shown = RequestPaths.shown(context.root(), guarded);
                failed(ErrorReplies.guard(seq, shown, current, context.tock()));
                yield List.of();
            }
            case CommitOutcome.Refused _, CommitOutcome.Unknown _ -> {
                failed(ErrorReplies.unwritten(seq, part.outcome(), 0, context));
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
                Chain chain = new Chain(context.server().store().treeName(), tick);
                items.add(new Reply.Removed(seq, path.depth(), path.path(), chain, previous.value(), tick));
            }
        }
        return items;
    }

    /** The last messages of the answer. */
    private List<Reply> end() {
        List<Reply> last = new ArrayList<>();
        if (failure != null) {
            last.add(failure);
        }
        if (stream) {
            last.add(new Reply.StreamEnd(seq, context.tock()));
        } else if (failure == null) {
            last.add(new Reply.Count(seq, removed, context.tock()));
        }
        return last;
    }
}
