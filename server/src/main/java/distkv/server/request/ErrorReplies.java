package distkv.server.request;

import distkv.model.Entry;
import distkv.model.Path;
import distkv.model.Value;
import distkv.protocol.Etype;
import distkv.protocol.Reply;
import distkv.protocol.Seq;
import distkv.server.memory.MemoryLimits;
import distkv.server.session.ConnectionSession;
import distkv.server.tree.Snapshot;
import distkv.store.CommitOutcome;
import org.jspecify.annotations.Nullable;

/** The errors that clients get. Where the original has a text for the same error, that is used: programs read it. */
final class ErrorReplies {
    /** The bytes of a message besides a value and its path. */
    private static final int OVERHEAD = 4 * 1024;

    private ErrorReplies() {}

    /** The most bytes of a value and its path that fit into every message about them. */
    static int maxValue(ServerContext server) {
        return server.limits().maxSize() - OVERHEAD;
    }

    static Reply.Failed tooLarge(Seq seq, String what, long size, RequestContext context) {
        return new Reply.Failed(
                seq,
                what + ": " + size + " bytes (expected: at most " + maxValue(context.server()) + ")",
                Etype.REQUEST,
                context.tock());
    }

    static Reply.Failed internal(Seq seq, Path path, long tock) {
        return new Reply.Failed(
                seq,
                "path " + path.brief()
                        + ": in the internal tree (expected: get_internal, set_internal and the like, with the"
                        + " path below it)",
                Etype.ACCESS,
                tock);
    }

    static Reply.Failed serverState(Seq seq, Path path, long tock) {
        return new Reply.Failed(
                seq,
                "path " + path.brief() + ": only the server itself writes below " + Snapshot.SERVER_STATE,
                Etype.ACCESS,
                tock);
    }

    static Reply.Failed notFound(Seq seq, Path path, long tock) {
        return new Reply.Failed(seq, "KeyError(" + ReprText.of(path) + ")", Etype.NOTFOUND, tock);
    }

    static Reply.Failed exists(Seq seq, Path path, @Nullable Entry there, long tock) {
        return chain(seq, "Entry already exists at " + path.brief(), path, there, tock);
    }

    static Reply.Failed isNew(Seq seq, Path path, long tock) {
        return chain(seq, "Entry is new at " + path.brief(), path, null, tock);
    }

    static Reply.Failed otherChain(Seq seq, Path path, String tree, Entry there, String node, long tick, long tock) {
        String is = event(tree, there.tick());
        return chain(seq, "Chain is " + is + " not " + event(node, tick) + " for " + path.brief(), path, there, tock);
    }

    private static String event(String node, long tick) {
        return "<NodeEvent " + ReprText.cut(node) + ":" + tick + " (" + tick + ",)>";
    }

    private static Reply.Failed chain(Seq seq, String text, Path path, @Nullable Entry there, long tock) {
        return new Reply.Failed(
                seq, "ClientChainError(" + ReprText.of(text) + ")", Etype.CHAIN, found(path, there), tock);
    }

    private static Reply.Found found(Path path, @Nullable Entry there) {
        return new Reply.Found(path, there == null || there.isDeletion() ? null : there.tick());
    }

    static Reply.Failed otherValue(Seq seq, Path path, @Nullable Value there, Value wanted, long tock) {
        String is = there == null ? "NotGiven" : ReprText.of(there);
        String text = "Data is " + is + " not " + ReprText.of(wanted) + " at " + path.brief();
        return new Reply.Failed(seq, "ClientError(" + ReprText.of(text) + ")", Etype.VALUE, tock);
    }

    static Reply.Failed guard(Seq seq, Path path, @Nullable Entry there, long tock) {
        String is = there == null || there.isDeletion() ? "nothing is there" : "tick " + there.tick() + " is there";
        return new Reply.Failed(
                seq,
                "guard at " + path.brief() + ": " + is + " (expected: the tick of the guard)",
                Etype.GUARD,
                found(path, there),
                tock);
    }

    static Reply.Failed notYet(Seq seq, Path path, long tick, long tock) {
        return new Reply.Failed(
                seq,
                "guard at " + path.brief() + ": a claim on standby (expected: a claim that has taken over)",
                Etype.NOT_YET,
                new Reply.Found(path, tick),
                tock);
    }

    /** For one of the writes of a commit. */
    static Reply.Failed unexpected(Seq seq, Path path, @Nullable Entry there, long tock) {
        String is = there == null || there.isDeletion() ? "nothing is there" : "tick " + there.tick() + " is there";
        return chain(seq, "Commit expects another entry at " + path.brief() + ": " + is, path, there, tock);
    }

    /** For a write that would make the tree exceed its memory. */
    static Reply.Failed full(Seq seq, long more, RequestContext context) {
        MemoryLimits memory = context.server().memory();
        return new Reply.Failed(
                seq,
                "not written: the tree is full, " + more + " bytes more than "
                        + context.server().replica().snapshot().bytes() + " (expected: at most " + memory.tree()
                        + " in all; delete something, or start the server with more memory)",
                Etype.FULL,
                context.tock());
    }

    /** For a write that may have happened or not. */
    static Reply.Failed unknown(@Nullable Seq seq, String reason, long tock) {
        return new Reply.Failed(
                seq, "outcome unknown: " + reason + "; read the entry before retrying", Etype.UNKNOWN, tock);
    }

    /** For a write that failed, or whose outcome is unknown, for a reason outside the client's control. */
    static Reply.Failed unwritten(Seq seq, CommitOutcome outcome, long lease, RequestContext context) {
        return switch (outcome) {
            case CommitOutcome.Refused _
            when lease != 0 && context.server().sessions().records().isGone(lease) ->
                ConnectionSession.missing(seq, context.tock());
            case CommitOutcome.Refused(String reason, var _) ->
                new Reply.Failed(seq, "not written: " + reason, Etype.REFUSED, context.tock());
            case CommitOutcome.Unknown(String reason) -> unknown(seq, reason, context.tock());
            default -> throw new IllegalArgumentException(outcome.toString());
        };
    }
}
