package distkv.server.session;

import distkv.model.Entry;
import distkv.model.Path;
import distkv.model.Value;
import distkv.protocol.Etype;
import distkv.protocol.Reply;
import distkv.protocol.Seq;
import distkv.store.CommitOutcome;
import org.jspecify.annotations.Nullable;

/** The errors that clients get. Where the original has a text for the same mistake, this is it: programs read them. */
final class ErrorReplies {
    /** What a message holds beside a value and its path. */
    private static final int OVERHEAD = 4 * 1024;

    private ErrorReplies() {}

    /** The largest value, with its path, that every message about it still has room for. */
    static int maxValue(ServerContext site) {
        return site.limits().maxSize() - OVERHEAD;
    }

    static Reply.Failed tooLarge(Seq seq, String what, long size, Connection session) {
        return new Reply.Failed(
                seq,
                what + ": " + size + " bytes (expected: at most " + maxValue(session.site()) + ")",
                Etype.REQUEST,
                session.tock());
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

    static Reply.Failed own(Seq seq, Path path, long tock) {
        return new Reply.Failed(
                seq, "path " + path.brief() + ": only the server itself writes below " + RequestPaths.OWN, Etype.ACCESS, tock);
    }

    static Reply.Failed notFound(Seq seq, Path path, long tock) {
        return new Reply.Failed(seq, "KeyError(" + PythonRepr.of(path) + ")", Etype.NOTFOUND, tock);
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
        return "<NodeEvent " + PythonRepr.cut(node) + ":" + tick + " (" + tick + ",)>";
    }

    private static Reply.Failed chain(Seq seq, String text, Path path, @Nullable Entry there, long tock) {
        return new Reply.Failed(
                seq, "ClientChainError(" + PythonRepr.of(text) + ")", Etype.CHAIN, found(path, there), tock);
    }

    private static Reply.Found found(Path path, @Nullable Entry there) {
        return new Reply.Found(path, there == null || there.isDeletion() ? null : there.tick());
    }

    static Reply.Failed otherValue(Seq seq, Path path, @Nullable Value there, Value wanted, long tock) {
        String is = there == null ? "NotGiven" : PythonRepr.of(there);
        String text = "Data is " + is + " not " + PythonRepr.of(wanted) + " at " + path.brief();
        return new Reply.Failed(seq, "ClientError(" + PythonRepr.of(text) + ")", Etype.VALUE, tock);
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
                "guard at " + path.brief()
                        + ": a claim on standby (expected: to write when it is swapped for the claim)",
                Etype.NOT_YET,
                new Reply.Found(path, tick),
                tock);
    }

    /** For one of the writes of a commit. */
    static Reply.Failed unexpected(Seq seq, Path path, @Nullable Entry there, long tock) {
        String is = there == null || there.isDeletion() ? "nothing is there" : "tick " + there.tick() + " is there";
        return chain(seq, "Commit expects another entry at " + path.brief() + ": " + is, path, there, tock);
    }

    /** For a write that would make the tree grow beyond what there is memory for. */
    static Reply.Failed full(Seq seq, long more, Connection session) {
        MemoryLimits memory = session.site().memory();
        return new Reply.Failed(
                seq,
                "not written: the tree is full, " + more + " bytes more than "
                        + session.site().replica().snapshot().bytes() + " (expected: at most " + memory.tree()
                        + " in all; delete something, or start the server with more memory)",
                Etype.FULL,
                session.tock());
    }

    static Reply.Failed noSession(Seq seq, long tock) {
        return new Reply.Failed(
                seq, "session: none on this connection, or it has ended (expected: open one)", Etype.SESSION, tock);
    }

    /** For a write that did not happen, or perhaps did, for a reason that is not in the client's hands. */
    static Reply.Failed unwritten(Seq seq, CommitOutcome outcome, long lease, Connection session) {
        return switch (outcome) {
            case CommitOutcome.Refused _
            when lease != 0 && ConnectionSession.isGone(session.site(), lease) -> noSession(seq, session.tock());
            case CommitOutcome.Refused(String reason, var _) ->
                new Reply.Failed(seq, "not written: " + reason, Etype.REFUSED, session.tock());
            case CommitOutcome.Unknown(String reason) ->
                new Reply.Failed(
                        seq,
                        "written or not, nobody knows: " + reason + " (expected: read before you try again)",
                        Etype.UNKNOWN,
                        session.tock());
            default -> throw new IllegalArgumentException(outcome.toString());
        };
    }
}
