package distkv.server.session;

import distkv.model.Commit;
import distkv.model.Entry;
import distkv.model.Expectation;
import distkv.model.Guard;
import distkv.model.Path;
import distkv.model.Revision;
import distkv.model.Value;
import distkv.model.Write;
import distkv.protocol.ChainCondition;
import distkv.protocol.CommitWrite;
import distkv.protocol.WriteConditions;
import distkv.protocol.Etype;
import distkv.protocol.Reply;
import distkv.protocol.Request;
import distkv.protocol.Seq;
import distkv.protocol.Values;
import distkv.server.tree.Footprint;
import distkv.server.tree.Snapshot;
import distkv.store.CommitOutcome;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The requests that change something. They are given to the store in the order in which they came, without waiting for
 * each other, so that the store can make many of them durable at once; each is answered when it is durable and the
 * replica shows it.
 */
final class WriteRequests {
    private static final Path TOCK = RequestPaths.OWN.child("tock");

    private final Connection session;
    private final OutputBuffer output;
    private final ServerContext site;
    private final String tree;

    WriteRequests(Connection session) {
        this.session = session;
        this.output = session.output();
        this.site = session.site();
        this.tree = site.store().treeName();
    }

    /** Whether a write with these conditions is given to the store without waiting. */
    boolean areShort(WriteConditions conditions, long bytes) {
        return conditions.prev() == null
                && conditions.guards().isEmpty()
                && session.inFlight().hasRoom(bytes)
                && !site.store().isFull();
    }

    void set(Request.SetValue request) {
        Seq seq = request.seq();
        Path path = path(seq, request.path(), request.internal());
        WriteConditions conditions = whole(seq, request.conditions());
        if (path == null || conditions == null || !fits(seq, path, request.value())) {
            return;
        }
        long lease = request.session() ? session.lease().id() : 0;
        if (request.session() && lease == 0) {
            output.write(ErrorReplies.noSession(seq, session.tock()));
            return;
        }
        if (!hasRoom(seq, growth(path, request.value()), lease != 0)) {
            return;
        }
        new ValueWrite(session, seq, path, request.value(), conditions, request.idem(), request.chain(), lease).start();
    }

    void delete(Request.DeleteValue request) {
        Path path = path(request.seq(), request.path(), request.internal());
        WriteConditions conditions = whole(request.seq(), request.conditions());
        if (path != null && conditions != null) {
            new ValueWrite(session, request.seq(), path, null, conditions, false, request.chain(), 0).start();
        }
    }

    void deleteTree(Request.DeleteTree request) {
        deleteTree(request, List.of(), false);
    }

    /**
     * Goes on with a deletion that was asked for before.
     *
     * @param before what was made of it, in order
     * @param complete whether that is all
     */
    void deleteTree(Request.DeleteTree request, List<CommitOutcome.Committed> before, boolean complete) {
        if (request.path().isRoot()) {
            String text = "ClientError(\"You can't delete the root node\")";
            session.fail(new Reply.Failed(request.seq(), text, Etype.REQUEST, session.tock()));
            return;
        }
        Path top = path(request.seq(), request.path(), false);
        List<Guard> guards = whole(request.seq(), request.guards());
        if (top != null && guards != null) {
            new TreeDeletion(session, request.seq(), top, guards, request.chain(), before, complete).start();
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
            commit = new Commit(writes, guards, session.id(seq));
        } catch (IllegalArgumentException e) {
            output.write(new Reply.Failed(seq, "writes: " + e.getMessage(), Etype.REQUEST, session.tock()));
            return;
        }
        PendingCommit submission = PendingCommit.admit(session, seq, commit);
        submission.commit(commit, outcome -> submission.answer(outcome(seq, commit, outcome)));
    }

    /** One write of a commit; {@code null}, with an error to the client, if it cannot be. */
    private @Nullable Write write(Seq seq, CommitWrite wanted) {
        Path path = path(seq, wanted.path(), false);
        if (path == null || !fits(seq, path, wanted.value())) {
            return null;
        }
        long lease = wanted.session() ? session.lease().id() : 0;
        if (wanted.session() && lease == 0) {
            output.write(ErrorReplies.noSession(seq, session.tock()));
            return null;
        }
        Expectation expectation = switch (wanted.chain()) {
            case ChainCondition.Unchecked() -> Expectation.anything();
            case ChainCondition.Absent() -> Expectation.absent();
            case ChainCondition.Link(String node, long tick) when node.equals(tree) -> Expectation.at(tick);
            // No entry has a tick of 0, and none of another node.
            case ChainCondition.Link _ -> Expectation.at(0);
        };
        return new Write(path, wanted.value(), expectation, lease);
    }

    /** The answer to a write that was made when it was asked for before. */
    Reply made(Request write, CommitOutcome.Committed committed) {
        return switch (write) {
            case Request.SetValue set ->
                new ValueWrite(session, set.seq(), set.path(), set.value(), set.conditions(), false, set.chain(), 0)
                        .changed(committed);
            case Request.DeleteValue delete ->
                new ValueWrite(
                                session,
                                delete.seq(),
                                delete.path(),
                                null,
                                delete.conditions(),
                                false,
                                delete.chain(),
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
                Path shown = RequestPaths.shown(session.root(), path);
                yield guard
                        ? ErrorReplies.guard(seq, shown, there, session.tock())
                        : ErrorReplies.unexpected(seq, shown, there, session.tock());
            }
            case CommitOutcome.Refused _, CommitOutcome.Unknown _ ->
                ErrorReplies.unwritten(
                        seq,
                        outcome,
                        commit.writes().stream().mapToLong(Write::lease).max().orElse(0),
                        session);
        };
    }

    /** A number that nobody got before: the tick of a write that nobody else can have made. */
    void tock(Seq seq) {
        Commit commit = Commit.of(Write.set(TOCK, Values.NIL, Expectation.anything()));
        PendingCommit submission = PendingCommit.admit(session, seq, commit);
        submission.commit(
                commit,
                outcome -> submission.answer(
                        outcome instanceof CommitOutcome.Committed(long revision, var _)
                                ? new Reply.Done(seq, Revision.tick(revision, 0))
                                : ErrorReplies.unwritten(seq, outcome, 0, session)));
    }

    private boolean fits(Seq seq, Path path, @Nullable Value value) {
        long size = path.key().length + (value == null ? 0L : value.size());
        if (size <= ErrorReplies.maxValue(session.site())) {
            return true;
        }
        output.write(ErrorReplies.tooLarge(seq, "value", size, session));
        return false;
    }

    /** How many bytes of memory the tree takes more when this is written. */
    private long growth(Path path, @Nullable Value value) {
        long there = Footprint.of(site.replica().snapshot().get(path));
        return (value == null ? 0 : Footprint.of(path, value)) - there;
    }

    /** Whether the tree may grow that much; if not, says so to the client. What makes it smaller always may. */
    private boolean hasRoom(Seq seq, long growth, boolean ofSession) {
        long most = ofSession ? site.memory().treeWithReserve() : site.memory().tree();
        if (growth <= 0 || site.replica().snapshot().bytes() + growth <= most) {
            return true;
        }
        output.write(ErrorReplies.full(seq, growth, session));
        return false;
    }

    /** The whole path; {@code null}, with an error to the client, if it is not to be written in this way. */
    private @Nullable Path path(Seq seq, Path path, boolean internal) {
        Path whole = RequestPaths.below(internal ? Snapshot.INTERNAL : session.root(), path);
        if (internal && whole.startsWith(RequestPaths.OWN)) {
            session.fail(ErrorReplies.own(seq, whole, session.tock()));
            return null;
        }
        if (!internal && RequestPaths.isInternal(whole)) {
            session.fail(ErrorReplies.internal(seq, whole, session.tock()));
            return null;
        }
        return whole;
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
            whole.add(new Guard(path, guard.tick()));
        }
        Reply.Failed notYet = GuardCheck.standby(session, seq, whole);
        if (notYet != null) {
            session.fail(notYet);
            return null;
        }
        return whole;
    }
}
