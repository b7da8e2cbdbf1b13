package distkv.server.request;

import distkv.access.JobIdentity;
import distkv.model.Commit;
import distkv.model.Entry;
import distkv.model.Expectation;
import distkv.model.Guard;
import distkv.model.Origin;
import distkv.model.Path;
import distkv.model.Revision;
import distkv.model.Value;
import distkv.model.Write;
import distkv.protocol.ChainCondition;
import distkv.protocol.CommitWrite;
import distkv.protocol.Etype;
import distkv.protocol.Reply;
import distkv.protocol.Request;
import distkv.protocol.Seq;
import distkv.protocol.Values;
import distkv.protocol.WriteConditions;
import distkv.server.access.AccessControl;
import distkv.server.access.AccessEntryCheck;
import distkv.server.session.ConnectionSession;
import distkv.server.tree.Footprint;
import distkv.server.tree.Snapshot;
import distkv.store.CommitOutcome;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The requests that change something. They go to the store in the order of their arrival, without waiting for each other,
 * so that the store can make many of them durable at once. Each is answered when it is durable and visible in the replica.
 */
final class WriteRequests {
    private static final Path TOCK = Snapshot.SERVER_STATE.child("tock");

    private final RequestContext context;
    private final ServerContext server;
    private final String tree;

    WriteRequests(RequestContext context) {
        this.context = context;
        this.server = context.server();
        this.tree = server.store().treeName();
    }

    /** Whether a write with these conditions goes to the store without waiting. */
    boolean areImmediate(WriteConditions conditions, long bytes) {
        return conditions.prev() == null
                && conditions.guards().isEmpty()
                && context.inFlight().hasRoom(bytes)
                && !server.store().isFull();
    }

    void set(Request.SetValue request) {
        Seq seq = request.seq();
        Path path = path(seq, request.path(), request.internal());
        WriteConditions conditions = path == null ? null : conditions(seq, request.conditions(), path, request.value());
        Value value = path == null || conditions == null ? null : identified(seq, path, request.value());
        if (path == null || conditions == null || value == null || !fits(seq, path, value)) {
            return;
        }
        long lease = request.session() ? context.session().id() : 0;
        if (request.session() && lease == 0) {
            context.write(ConnectionSession.missing(seq, context.tock()));
            return;
        }
        if (!hasRoom(seq, growth(path, value), lease != 0)) {
            return;
        }
        new ValueWrite(context, seq, path, value, conditions, request.idem(), request.chain(), lease, request.cause())
                .start();
    }

    void delete(Request.DeleteValue request) {
        Path path = path(request.seq(), request.path(), request.internal());
        WriteConditions conditions = path == null ? null : conditions(request.seq(), request.conditions(), path, null);
        if (path != null && conditions != null) {
            new ValueWrite(context, request.seq(), path, null, conditions, false, request.chain(), 0, request.cause())
                    .start();
        }
    }

    void deleteTree(Request.DeleteTree request) {
        deleteTree(request, List.of(), false);
    }

    /**
     * Continues a deletion that was interrupted.
     *
     * @param before the commits that were made then, in order
     * @param complete whether these are all of them
     */
    void deleteTree(Request.DeleteTree request, List<CommitOutcome.Committed> before, boolean complete) {
        if (request.path().isRoot()) {
            String text = "ClientError(\"You can't delete the root node\")";
            context.fail(new Reply.Failed(request.seq(), text, Etype.REQUEST, context.tock()));
            return;
        }
        Path top = path(request.seq(), request.path(), false);
        List<Guard> guards = whole(request.seq(), request.guards());
        if (top != null && guards != null) {
            new TreeDeletion(context, request.seq(), top, guards, request.chain(), request.cause(), before, complete)
                    .start();
        }
    }

    void commit(Request.CommitAll request) {
        Seq seq = request.seq();
        List<Guard> guards = whole(seq, request.guards());
        if (guards == null) {
            return;
        }
        List<Write> writes = new ArrayList<>();
        long growth = 0;
        boolean ofSession = false;
        for (CommitWrite wanted : request.writes()) {
            Write write = write(seq, wanted);
            if (write == null) {
                return;
            }
            writes.add(write);
            growth += growth(write.path(), write.value());
            ofSession |= write.lease() != 0;
        }
        if (!hasRoom(seq, growth, ofSession)) {
            return;
        }
        Commit commit;
        try {
            commit = context.commit(seq, writes, guards, request.cause());
        } catch (IllegalArgumentException e) {
            context.write(new Reply.Failed(seq, "writes: " + e.getMessage(), Etype.REQUEST, context.tock()));
            return;
        }
        Commit asked = request.by() == null ? commit : commit.from(new Origin(request.by(), request.cause()));
        PendingCommit pending = PendingCommit.admit(context, seq, asked);
        pending.commit(asked, outcome -> pending.answer(outcome(seq, asked, outcome)));
    }

    /** One write of a commit; {@code null}, with an error to the client, if it is not allowed. */
    private @Nullable Write write(Seq seq, CommitWrite wanted) {
        Path path = path(seq, wanted.path(), false);
        Value value = path == null || wanted.value() == null ? null : identified(seq, path, wanted.value());
        if (path == null || (value == null && wanted.value() != null) || !fits(seq, path, value)) {
            return null;
        }
        long lease = wanted.session() ? context.session().id() : 0;
        if (wanted.session() && lease == 0) {
            context.write(ConnectionSession.missing(seq, context.tock()));
            return null;
        }
        Expectation expectation = switch (wanted.chain()) {
            case ChainCondition.Unchecked() -> Expectation.anything();
            case ChainCondition.Absent() -> Expectation.absent();
            case ChainCondition.Link(String node, long tick) when node.equals(tree) -> Expectation.at(tick);
            // No entry has a tick of 0, and none of another node.
            case ChainCondition.Link _ -> Expectation.at(0);
        };
        return new Write(path, value, expectation, lease);
    }

    /** The answer to a write that was committed by an earlier attempt. */
    Reply committed(Request write, CommitOutcome.Committed committed) {
        return switch (write) {
            case Request.SetValue set ->
                new ValueWrite(context, set.seq(), set.path(), set.value(), set.conditions(), false, set.chain(), 0, 0)
                        .changed(committed);
            case Request.DeleteValue delete ->
                new ValueWrite(
                                context,
                                delete.seq(),
                                delete.path(),
                                null,
                                delete.conditions(),
                                false,
                                delete.chain(),
                                0,
                                0)
                        .changed(committed);
            case Request.CommitAll commit -> committed(commit.seq(), committed);
            default -> throw new IllegalArgumentException(write.toString());
        };
    }

    private static Reply committed(Seq seq, CommitOutcome.Committed committed) {
        List<Long> ticks = new ArrayList<>();
        for (int i = 0; i < committed.previous().size(); i++) {
            ticks.add(Revision.tick(committed.revision(), i));
        }
        return new Reply.Committed(seq, ticks, ticks.getLast());
    }

    private Reply outcome(Seq seq, Commit commit, CommitOutcome outcome) {
        return switch (outcome) {
            case CommitOutcome.Committed committed -> committed(seq, committed);
            case CommitOutcome.Conflict(Path path, Entry there, boolean guard, var _) -> {
                Path shown = RequestPaths.shown(context.root(), path);
                yield guard
                        ? ErrorReplies.guard(seq, shown, there, context.tock())
                        : ErrorReplies.unexpected(seq, shown, there, context.tock());
            }
            case CommitOutcome.Refused _, CommitOutcome.Unknown _ ->
                ErrorReplies.unwritten(
                        seq,
                        outcome,
                        commit.writes().stream().mapToLong(Write::lease).max().orElse(0),
                        context);
        };
    }

    /** A number that was never returned before: the tick of a write of its own. */
    void tock(Seq seq) {
        Commit commit = context.commit(seq, List.of(Write.set(TOCK, Values.NIL, Expectation.anything())), List.of(), 0);
        PendingCommit pending = PendingCommit.admit(context, seq, commit);
        pending.commit(
                commit,
                outcome -> pending.answer(
                        outcome instanceof CommitOutcome.Committed(long revision, var _)
                                ? new Reply.Done(seq, Revision.tick(revision, 0))
                                : ErrorReplies.unwritten(seq, outcome, 0, context)));
    }

    /** What is to be written: a job says whom it acts as. {@code null}, with an error to the client, if it must not be. */
    private @Nullable Value identified(Seq seq, Path path, Value value) {
        if (!server.access().isJob(path)) {
            return value;
        }
        JobIdentity.Verdict verdict = context.access().judgeJob(path, value);
        if (verdict.refusal() == null) {
            return verdict.value();
        }
        context.fail(new Reply.Failed(seq, verdict.refusal(), Etype.ACCESS, context.tock()));
        return null;
    }

    private boolean fits(Seq seq, Path path, @Nullable Value value) {
        long size = path.key().length + (value == null ? 0L : value.size());
        if (size <= ErrorReplies.maxValue(context.server())) {
            return true;
        }
        context.write(ErrorReplies.tooLarge(seq, "value", size, context));
        return false;
    }

    /** By how many bytes of memory the tree grows when this is written. */
    private long growth(Path path, @Nullable Value value) {
        long there = Footprint.of(server.replica().snapshot().get(path));
        return (value == null ? 0 : Footprint.of(path, value)) - there;
    }

    /** Whether the tree may grow that much, with an error to the client if not. It may always shrink. */
    private boolean hasRoom(Seq seq, long growth, boolean ofSession) {
        long most =
                ofSession ? server.memory().treeWithReserve() : server.memory().tree();
        if (growth <= 0 || server.replica().snapshot().bytes() + growth <= most) {
            return true;
        }
        context.write(ErrorReplies.full(seq, growth, context));
        return false;
    }

    /** The whole path; {@code null}, with an error to the client, if this request may not write it. */
    private @Nullable Path path(Seq seq, Path path, boolean internal) {
        Path whole = (internal ? Snapshot.INTERNAL : context.root()).append(path);
        if (internal && whole.startsWith(Snapshot.SERVER_STATE)) {
            context.fail(ErrorReplies.serverState(seq, whole, context.tock()));
            return null;
        }
        if (!internal && RequestPaths.isInternal(whole)) {
            context.fail(ErrorReplies.internal(seq, whole, context.tock()));
            return null;
        }
        return whole;
    }

    /** The conditions with whole paths; {@code null}, with an error to the client, if this must not be written. */
    private @Nullable WriteConditions conditions(Seq seq, WriteConditions given, Path path, @Nullable Value value) {
        WriteConditions conditions = whole(seq, given);
        if (conditions == null || !AccessControl.isAccessEntry(path)) {
            return conditions;
        }
        context.inFlight().awaitNone();
        AccessEntryCheck.Verdict verdict = server.access().judge(path, value);
        if (verdict.refusal() != null) {
            context.fail(new Reply.Failed(seq, verdict.refusal(), Etype.REFUSED, context.tock()));
            return null;
        }
        if (verdict.owner() == null) {
            return conditions;
        }
        List<Guard> guards = new ArrayList<>(conditions.guards());
        guards.add(verdict.owner());
        return new WriteConditions(conditions.chain(), conditions.prev(), guards);
    }

    private @Nullable WriteConditions whole(Seq seq, WriteConditions conditions) {
        if (conditions.guards().isEmpty()) {
            return conditions;
        }
        List<Guard> guards = whole(seq, conditions.guards());
        return guards == null ? null : new WriteConditions(conditions.chain(), conditions.prev(), guards);
    }

    private @Nullable List<Guard> whole(Seq seq, List<Guard> guards) {
        List<Guard> whole = new ArrayList<>();
        for (Guard guard : guards) {
            Path path = path(seq, guard.path(), false);
            if (path == null) {
                return null;
            }
            whole.add(Guard.of(path, guard.tick()));
        }
        Reply.Failed notYet = GuardCheck.standby(context, seq, whole);
        if (notYet != null) {
            context.fail(notYet);
            return null;
        }
        return whole;
    }
}
