package distkv.protocol;

import distkv.model.Depths;
import distkv.model.Bytes;
import distkv.model.Guard;
import distkv.model.Path;
import distkv.model.Value;
import distkv.model.WriteId;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Everything that a client can say. Paths are as sent: below the connection's root, or with {@code internal} below the
 * internal tree. {@code chain} is whether the reply is to have the entry's chain ({@code nchain} on the wire; there is
 * never more than one link).
 */
public sealed interface Request {
    /** How many guards a request may have. */
    int MAX_GUARDS = 256;

    /** Pairs the replies with it; {@code null} if it has none, and so gets no reply or one without. */
    @Nullable
    Seq seq();

    /**
     * Whether the answer is a stream. A refusal must be one then, too: clients of the original wait for its start, and
     * for nothing else. ({@code stream} of those that cannot be answered is the same, as far as they could be read.)
     */
    default boolean isAnsweredByStream() {
        return switch (this) {
            case GetTree _, Watch _, MsgMonitor _ -> true;
            case DeleteTree delete -> delete.chain();
            case Unsupported unsupported -> unsupported.stream();
            case Unknown unknown -> unknown.stream();
            case Malformed malformed -> malformed.stream();
            default -> false;
        };
    }

    record GetValue(Seq seq, Path path, boolean internal, boolean chain) implements Request {}

    /** The value that one write left, if it is still there. */
    record GetByTick(Seq seq, String node, long tick, boolean chain) implements Request {}

    /**
     * Sets a value.
     *
     * @param idem no write if the value is there already
     * @param session the entry is to live and die with the connection's session
     */
    record SetValue(
            Seq seq,
            Path path,
            boolean internal,
            Value value,
            WriteConditions conditions,
            boolean idem,
            boolean chain,
            boolean session)
            implements Request {}

    /** Also sent as {@code set_value} of {@link Values#NOT_GIVEN}. */
    record DeleteValue(Seq seq, Path path, boolean internal, WriteConditions conditions, boolean chain) implements Request {}

    /** With {@code chain} the reply is a stream of {@link Reply.Removed}, without it one {@link Reply.Count}. */
    record DeleteTree(Seq seq, Path path, List<Guard> guards, boolean chain) implements Request {}

    /**
     * Reads a subtree.
     *
     * @param empty whether paths that are there only because something is below them are items too
     * @param sorted whether siblings come sorted, else in the order in which they were created
     */
    record GetTree(Seq seq, Path path, boolean internal, Depths depths, boolean empty, boolean chain, boolean sorted)
            implements Request {}

    /**
     * Follows a subtree.
     *
     * @param only where below {@code path}, if that is not all of it; relative to it
     * @param fetch send what is there first
     * @param since send what has changed after this tock first; not together with {@code fetch}
     * @param sorted whether siblings of what is fetched come sorted, else in the order in which they were created
     */
    record Watch(
            Seq seq,
            Path path,
            List<Path> only,
            Depths depths,
            boolean fetch,
            @Nullable Long since,
            boolean chain,
            boolean sorted)
            implements Request {
        /** How many subtrees a watch may be of. */
        public static final int MAX_ONLY = 1_000;
    }

    /** The names of the children, with {@code data} their values too, {@code sorted} or in the order of their creation. */
    record Enumerate(Seq seq, Path path, boolean internal, boolean data, boolean empty, boolean sorted)
            implements Request {}

    /**
     * The ticks of a node's writes that are still there.
     *
     * @param max how many at most, 0 for all
     */
    record EnumerateNode(Seq seq, String node, long max) implements Request {}

    record Root(Seq seq, Path path) implements Request {}

    record GetState(Seq seq, Set<StatePart> parts) implements Request {}

    record GetTock(Seq seq) implements Request {}

    /** Ends the stream that answers the request {@code task}. */
    record Stop(Seq seq, Seq task) implements Request {}

    /** Exactly one of {@code data} and {@code raw} is there. The topic is split into its levels. */
    record MsgSend(
            Seq seq,
            List<String> topic,
            @Nullable Value data,
            @Nullable Bytes raw) implements Request {}

    record MsgMonitor(Seq seq, List<String> topic, boolean raw) implements Request {}

    record TestAcl(
            Seq seq,
            Path path,
            @Nullable String mode,
            @Nullable String acl) implements Request {}

    record OpenSession(Seq seq, Duration ttl) implements Request {}

    record AttachSession(Seq seq, long session, String secret) implements Request {}

    record RenewSession(Seq seq) implements Request {}

    record EndSession(Seq seq) implements Request {}

    /** All of these writes or none. */
    record CommitAll(Seq seq, List<CommitWrite> writes, List<Guard> guards) implements Request {}

    /**
     * A write that was sent before, on connections that were lost before it was answered. If it was made it is answered
     * as it would have been then; otherwise it is made now.
     *
     * @param write one of the requests that change entries
     * @param attempts which requests it was, those of the lost connections; from now on these do nothing more
     * @param since a tock that was known before the first of them was sent
     */
    record Again(Request write, List<WriteId> attempts, long since) implements Request {
        /** So many attempts may be asked after. */
        public static final int MAX_ATTEMPTS = 100;

        /** Whether a request is one that can be asked after. */
        public static boolean isFor(Request request) {
            return request instanceof SetValue
                    || request instanceof DeleteValue
                    || request instanceof DeleteTree
                    || request instanceof CommitAll;
        }

        @Override
        public @Nullable Seq seq() {
            return write.seq();
        }

        @Override
        public boolean isAnsweredByStream() {
            return write.isAnsweredByStream();
        }
    }

    /** Answers the greeting: {@code qlen} unacknowledged stream items at most; 0: no flow control. Gets no reply. */
    record Hello(int qlen) implements Request {
        @Override
        public @Nullable Seq seq() {
            return null;
        }
    }

    /** Items of the stream {@code seq} up to {@code ack} were processed. Gets no reply. */
    record Ack(Seq seq, long ack) implements Request {}

    /** The client's own stream has ended; we know no action that has one. Gets no reply. */
    record StreamEnd(Seq seq) implements Request {}

    /** An action of the protocol that this server does not do (authentication, housekeeping between servers, …). */
    record Unsupported(Seq seq, String action, boolean stream) implements Request {
        public Unsupported(Seq seq, String action) {
            this(seq, action, false);
        }
    }

    /** No action of the protocol. */
    record Unknown(Seq seq, String action, boolean stream) implements Request {
        public Unknown(Seq seq, String action) {
            this(seq, action, false);
        }
    }

    /** Not a request: a key is missing or its value not what it should be. The reason names it. */
    record Malformed(@Nullable Seq seq, String reason, boolean stream) implements Request {
        public Malformed(@Nullable Seq seq, String reason) {
            this(seq, reason, false);
        }
    }

    /** Reads a frame; never fails, see {@link Malformed}. */
    static Request decode(Frame frame) {
        return RequestDecoder.decode(frame);
    }
}
