package distkv.server.request;

import distkv.model.Chain;
import distkv.model.Entry;
import distkv.model.Expectation;
import distkv.model.Path;
import distkv.model.Revision;
import distkv.model.Value;
import distkv.model.Write;
import distkv.model.process.VitalThreads;
import distkv.protocol.ChainCondition;
import distkv.protocol.Etype;
import distkv.protocol.Reply;
import distkv.protocol.Seq;
import distkv.protocol.Values;
import distkv.protocol.WriteConditions;
import distkv.store.CommitOutcome;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * One {@code set_value} or {@code delete_value}. The store checks a chain in the commit itself. The old value that
 * {@code prev} requires is looked up first, and the commit then expects the entry that had it; if that entry was replaced
 * meanwhile by one with the same value, the commit is tried again.
 *
 * @param value {@code null} to delete
 * @param conditions with the complete paths of the guards
 * @param idem whether nothing is written if the value is there already
 * @param chain whether the reply carries the new chain
 * @param cause the tick of the change that led to this one; 0 if there is none
 */
record ValueWrite(
        RequestContext context,
        Seq seq,
        Path path,
        @Nullable Value value,
        WriteConditions conditions,
        boolean idem,
        boolean chain,
        long lease,
        long cause) {

    void start() {
        @Nullable Entry current = null;
        if (idem || conditions.prev() != null) {
            // The newest snapshot shows all answered writes; this waits for those of this client that are not.
            context.inFlight().awaitNoneAt(path);
            Reply.Failed broken = GuardCheck.broken(context, seq, conditions.guards());
            if (broken != null) {
                context.write(broken);
                return;
            }
            current = context.server().replica().snapshot().get(path);
        }
        if (isThere(current)) {
            context.write(unchanged(current));
            return;
        }
        PendingCommit pending = PendingCommit.admit(context, seq, List.of(path), value == null ? 0 : value.size());
        if (conditions.prev() != null) {
            replace(pending, current);
            return;
        }
        switch (conditions.chain()) {
            case ChainCondition.Unchecked() -> commit(pending, Expectation.anything());
            case ChainCondition.Absent() -> commit(pending, Expectation.absent());
            case ChainCondition.Link(String node, long tick)
            when node.equals(tree()) -> commit(pending, Expectation.at(tick));
            case ChainCondition.Link _ ->
                pending.answer(otherChain(context.server().replica().snapshot().get(path)));
        }
    }

    private String tree() {
        return context.server().store().treeName();
    }

    /** Whether {@code idem} applies: the value is there already. */
    private boolean isThere(@Nullable Entry current) {
        return idem && value != null && current != null && current.value() != null && same(current.value(), value);
    }

    /** May wait if {@link #takesLong}. */
    private boolean same(Value a, Value b) {
        return a.equals(b)
                || (takesLong(a, b) ? context.server().executor().call(() -> Values.same(a, b)) : Values.same(a, b));
    }

    private static boolean takesLong(@Nullable Value a, @Nullable Value b) {
        return a != null && b != null && CpuBoundExecutor.isLarge((long) a.size() + b.size()) && !a.equals(b);
    }

    /** Commits if the old value and the chain are the required ones. */
    private void replace(PendingCommit pending, @Nullable Entry current) {
        Value prev = conditions.prev();
        Value there = current == null ? null : current.value();
        if (current == null || there == null || prev == null || !same(there, prev)) {
            Value wanted = prev == null ? Values.NIL : prev;
            pending.answer(ErrorReplies.otherValue(seq, shown(), there, wanted, context.tock()));
        } else if (isChained(current)) {
            commit(pending, Expectation.at(current.tick()));
        } else {
            pending.answer(otherChain(current));
        }
    }

    private boolean isChained(Entry current) {
        return switch (conditions.chain()) {
            case ChainCondition.Unchecked() -> true;
            case ChainCondition.Absent() -> false;
            case ChainCondition.Link(String node, long tick) -> node.equals(tree()) && tick == current.tick();
        };
    }

    private void commit(PendingCommit pending, Expectation expectation) {
        Write write = new Write(path, value, expectation, lease);
        pending.commit(
                context.commit(seq, List.of(write), conditions.guards(), cause), outcome -> settled(pending, outcome));
    }

    /** Called on the replica's thread. */
    private void settled(PendingCommit pending, CommitOutcome outcome) {
        Entry there = switch (outcome) {
            case CommitOutcome.Committed(long _, List<@Nullable Entry> previous) -> previous.getFirst();
            case CommitOutcome.Conflict(Path _, Entry current, boolean guard, var _) when !guard && idem -> current;
            default -> null;
        };
        if (there != null && takesLong(there.value(), value)) {
            VitalThreads.virtual("distkv-compare", () -> finish(pending, outcome))
                    .start();
        } else {
            finish(pending, outcome);
        }
    }

    private void finish(PendingCommit pending, CommitOutcome outcome) {
        switch (outcome) {
            case CommitOutcome.Committed committed -> pending.answer(changed(committed));
            case CommitOutcome.Conflict(Path guarded, Entry current, boolean guard, var _)
            when guard ->
                pending.answer(
                        ErrorReplies.guard(seq, RequestPaths.shown(context.root(), guarded), current, context.tock()));
            case CommitOutcome.Conflict(Path _, Entry current, var _, var _) -> {
                if (isThere(current)) {
                    pending.answer(unchanged(current));
                } else if (conditions.prev() != null) {
                    // The thread that delivers the store's outcome must not call the store again.
                    VitalThreads.virtual("distkv-again", () -> replace(pending, current))
                            .start();
                } else {
                    pending.answer(otherChain(current));
                }
            }
            case CommitOutcome.Refused _, CommitOutcome.Unknown _ ->
                pending.answer(ErrorReplies.unwritten(seq, outcome, lease, context));
        }
    }

    /** The answer to the committed write. */
    Reply changed(CommitOutcome.Committed committed) {
        Entry previous = committed.previous().getFirst();
        Value old = previous == null ? null : previous.value();
        long tick = Revision.tick(committed.revision(), 0);
        if (!context.access().mayRead(path)) {
            return new Reply.Changed(seq, true, chainOf(tick), null, OriginalSettings.note(path), tick);
        }
        boolean same = value == null ? old == null : old != null && same(old, value);
        boolean unchecked = conditions.prev() == null && conditions.chain() instanceof ChainCondition.Unchecked;
        return new Reply.Changed(seq, !same, chainOf(tick), unchecked ? old : null, OriginalSettings.note(path), tick);
    }

    private Reply unchanged(@Nullable Entry there) {
        long tick = there == null ? context.tock() : there.tick();
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
                new Reply.Failed(seq, "conflict at " + shown().brief(), Etype.CHAIN, context.tock());
            case ChainCondition.Absent() -> ErrorReplies.exists(seq, shown(), there, context.tock());
            case ChainCondition.Link(String node, long tick) ->
                there == null
                        ? ErrorReplies.isNew(seq, shown(), context.tock())
                        : ErrorReplies.otherChain(seq, shown(), tree(), there, node, tick, context.tock());
        };
    }

    /** The path as the client sees it. */
    private Path shown() {
        return RequestPaths.shown(context.root(), path);
    }
}
