package distkv.server.session;

import distkv.model.Chain;
import distkv.model.Commit;
import distkv.model.Entry;
import distkv.model.Expectation;
import distkv.model.Path;
import distkv.model.Revision;
import distkv.model.Value;
import distkv.model.Write;
import distkv.protocol.ChainCondition;
import distkv.protocol.WriteConditions;
import distkv.protocol.Etype;
import distkv.protocol.Reply;
import distkv.protocol.Seq;
import distkv.protocol.Values;
import distkv.store.CommitOutcome;
import distkv.store.VitalThreads;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * One {@code set_value} or {@code delete_value} on its way. A chain is checked by the store, in the commit itself. So
 * is the old value of {@code prev}: it is looked up, and the commit then requires the entry in which it was found; if
 * that was replaced meanwhile by one that has the same value, once more.
 *
 * @param value {@code null} to delete
 * @param conditions with the paths of the guards complete
 * @param idem whether there is nothing to do if the value is there already
 * @param chain whether the reply is to have the new chain
 */
record ValueWrite(
        Connection session,
        Seq seq,
        Path path,
        @Nullable Value value,
        WriteConditions conditions,
        boolean idem,
        boolean chain,
        long lease) {

    /** Called by the session's reader. */
    void start() {
        @Nullable Entry current = null;
        if (idem || conditions.prev() != null) {
            // The newest snapshot shows all writes that were answered; those of this client that were not are waited
            // for.
            session.inFlight().awaitNoneAt(path);
            Reply.Failed broken = GuardCheck.broken(session, seq, conditions.guards());
            if (broken != null) {
                session.output().write(broken);
                return;
            }
            current = session.site().replica().snapshot().get(path);
        }
        if (isThere(current)) {
            session.output().write(unchanged(current));
            return;
        }
        PendingCommit submission = PendingCommit.admit(session, seq, List.of(path), value == null ? 0 : value.size());
        if (conditions.prev() != null) {
            replace(submission, current);
            return;
        }
        switch (conditions.chain()) {
            case ChainCondition.Unchecked() -> commit(submission, Expectation.anything());
            case ChainCondition.Absent() -> commit(submission, Expectation.absent());
            case ChainCondition.Link(String node, long tick)
            when node.equals(tree()) -> commit(submission, Expectation.at(tick));
            case ChainCondition.Link _ ->
                submission.answer(otherChain(session.site().replica().snapshot().get(path)));
        }
    }

    private String tree() {
        return session.site().store().treeName();
    }

    /** Whether {@code idem} was asked for and its value is there. */
    private boolean isThere(@Nullable Entry current) {
        return idem && value != null && current != null && current.value() != null && same(current.value(), value);
    }

    /** May wait if {@link #takesLong}. */
    private boolean same(Value a, Value b) {
        return a.equals(b)
                || (takesLong(a, b) ? session.site().work().call(() -> Values.same(a, b)) : Values.same(a, b));
    }

    private static boolean takesLong(@Nullable Value a, @Nullable Value b) {
        return a != null && b != null && CpuBoundExecutor.isLong((long) a.size() + b.size()) && !a.equals(b);
    }

    /** Commits if the old value and the chain are those that are required. */
    private void replace(PendingCommit submission, @Nullable Entry current) {
        Value prev = conditions.prev();
        Value there = current == null ? null : current.value();
        if (current == null || there == null || prev == null || !same(there, prev)) {
            Value wanted = prev == null ? Values.NIL : prev;
            submission.answer(ErrorReplies.otherValue(seq, shown(), there, wanted, session.tock()));
        } else if (isChained(current)) {
            commit(submission, Expectation.at(current.tick()));
        } else {
            submission.answer(otherChain(current));
        }
    }

    private boolean isChained(Entry current) {
        return switch (conditions.chain()) {
            case ChainCondition.Unchecked() -> true;
            case ChainCondition.Absent() -> false;
            case ChainCondition.Link(String node, long tick) -> node.equals(tree()) && tick == current.tick();
        };
    }

    private void commit(PendingCommit submission, Expectation expectation) {
        Write write = new Write(path, value, expectation, lease);
        submission.commit(
                new Commit(List.of(write), conditions.guards(), session.id(seq)),
                outcome -> settled(submission, outcome));
    }

    /** Called by a thread that must not wait. */
    private void settled(PendingCommit submission, CommitOutcome outcome) {
        Entry there = switch (outcome) {
            case CommitOutcome.Committed(long _, List<@Nullable Entry> previous) -> previous.getFirst();
            case CommitOutcome.Conflict(Path _, Entry current, boolean guard, var _) when !guard && idem -> current;
            default -> null;
        };
        if (there != null && takesLong(there.value(), value)) {
            VitalThreads.virtual("distkv-compare", () -> finish(submission, outcome)).start();
        } else {
            finish(submission, outcome);
        }
    }

    private void finish(PendingCommit submission, CommitOutcome outcome) {
        switch (outcome) {
            case CommitOutcome.Committed committed -> submission.answer(changed(committed));
            case CommitOutcome.Conflict(Path guarded, Entry current, boolean guard, var _)
            when guard ->
                submission.answer(ErrorReplies.guard(seq, RequestPaths.shown(session.root(), guarded), current, session.tock()));
            case CommitOutcome.Conflict(Path _, Entry current, var _, var _) -> {
                if (isThere(current)) {
                    submission.answer(unchanged(current));
                } else if (conditions.prev() != null) {
                    // The store must not be asked again by the thread that brings its answer.
                    VitalThreads.virtual("distkv-again", () -> replace(submission, current))
                            .start();
                } else {
                    submission.answer(otherChain(current));
                }
            }
            case CommitOutcome.Refused _, CommitOutcome.Unknown _ ->
                submission.answer(ErrorReplies.unwritten(seq, outcome, lease, session));
        }
    }

    /** The answer when it is made. */
    Reply changed(CommitOutcome.Committed committed) {
        Entry previous = committed.previous().getFirst();
        Value old = previous == null ? null : previous.value();
        long tick = Revision.tick(committed.revision(), 0);
        boolean same = value == null ? old == null : old != null && same(old, value);
        boolean unchecked = conditions.prev() == null && conditions.chain() instanceof ChainCondition.Unchecked;
        return new Reply.Changed(seq, !same, chainOf(tick), unchecked ? old : null, OriginalSettings.note(path), tick);
    }

    private Reply unchanged(@Nullable Entry there) {
        long tick = there == null ? session.tock() : there.tick();
        return new Reply.Changed(seq, false, chainOf(tick), null, tick);
    }

    private @Nullable Chain chainOf(long tick) {
        return chain ? new Chain(tree(), tick) : null;
    }

    private Reply otherChain(@Nullable Entry there) {
        if (there != null && there.isDeletion()) {
            return otherChain(null);
        }
        return switch (conditions.chain()) {
            case ChainCondition.Unchecked() ->
                new Reply.Failed(seq, "conflict at " + shown().brief(), Etype.CHAIN, session.tock());
            case ChainCondition.Absent() -> ErrorReplies.exists(seq, shown(), there, session.tock());
            case ChainCondition.Link(String node, long tick) ->
                there == null
                        ? ErrorReplies.isNew(seq, shown(), session.tock())
                        : ErrorReplies.otherChain(seq, shown(), tree(), there, node, tick, session.tock());
        };
    }

    /** The path as the client knows it. */
    private Path shown() {
        return RequestPaths.shown(session.root(), path);
    }
}
