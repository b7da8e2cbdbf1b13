package distkv.protocol;

import distkv.model.Bytes;
import distkv.model.Depths;
import distkv.model.Guard;
import distkv.model.Path;
import distkv.model.Value;
import distkv.model.WriteId;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The messages of a client. Paths are as sent: below the connection's root or, with {@code internal}, below the internal
 * tree. {@code chain} tells whether the reply carries the entry's chain ({@code nchain} on the wire; a chain never has more
 * than one link), {@code by} whether it says who wrote the entry and why. {@code cause} is the tick of the change that led
 * to a write; 0 for none.
 */
public sealed interface Request {
    /** The most guards of a request. */
    int MAX_GUARDS = 256;

    /** The number that pairs replies with this request; {@code null} for none. */
    @Nullable
    Seq seq();

    /**
     * Whether the answer is a stream. A refusal must be one then, too, since the original's clients wait for its start and
     * nothing else. (The component {@code stream} of unanswerable requests means the same, as far as they were readable.)
     */
    default boolean isAnsweredByStream() {
        return switch (this) {
            case GetTree _, Watch _, MsgMonitor _, LogIn _, FollowStore _ -> true;
            case DeleteTree delete -> delete.chain();
            case Unsupported unsupported -> unsupported.stream();
            case Unknown unknown -> unknown.stream();
            case Malformed malformed -> malformed.stream();
            default -> false;
        };
    }

    record GetValue(Seq seq, Path path, boolean internal, boolean chain, boolean by) implements Request {
        public GetValue(Seq seq, Path path, boolean internal, boolean chain) {
            this(seq, path, internal, chain, false);
        }
    }

    /** Reads the entry that one write made, if it still exists. */
    record GetByTick(Seq seq, String node, long tick, boolean chain) implements Request {}

    /**
     * Sets a value.
     *
     * @param idem whether to write nothing if the value is there already
     * @param session whether to bind the entry to the connection's session
     */
    record SetValue(
            Seq seq,
            Path path,
            boolean internal,
            Value value,
            WriteConditions conditions,
            boolean idem,
            boolean chain,
            boolean session,
            long cause)
            implements Request {
        public SetValue(
                Seq seq,
                Path path,
                boolean internal,
                Value value,
                WriteConditions conditions,
                boolean idem,
                boolean chain,
                boolean session) {
            this(seq, path, internal, value, conditions, idem, chain, session, 0);
        }
    }

    /** Also sent as {@code set_value} of {@link Values#NOT_GIVEN}. */
    record DeleteValue(Seq seq, Path path, boolean internal, WriteConditions conditions, boolean chain, long cause)
            implements Request {
        public DeleteValue(Seq seq, Path path, boolean internal, WriteConditions conditions, boolean chain) {
            this(seq, path, internal, conditions, chain, 0);
        }
    }

    /** With {@code chain} the reply is a stream of {@link Reply.Removed}, without it one {@link Reply.Count}. */
    record DeleteTree(Seq seq, Path path, List<Guard> guards, boolean chain, long cause) implements Request {
        public DeleteTree(Seq seq, Path path, List<Guard> guards, boolean chain) {
            this(seq, path, guards, chain, 0);
        }
    }

    /**
     * Reads a subtree.
     *
     * @param empty whether to include paths that only have entries below them
     * @param sorted whether siblings are sorted by key, otherwise by creation
     */
    record GetTree(
            Seq seq,
            Path path,
            boolean internal,
            Depths depths,
            boolean empty,
            boolean chain,
            boolean sorted,
            boolean by)
            implements Request {
        public GetTree(
                Seq seq, Path path, boolean internal, Depths depths, boolean empty, boolean chain, boolean sorted) {
            this(seq, path, internal, depths, empty, chain, sorted, false);
        }
    }

    /**
     * Follows a subtree.
     *
     * @param only the subtrees to follow, relative to {@code path}; empty for all of it
     * @param fetch whether to send the existing entries first
     * @param since send what has changed after this tock first; not together with {@code fetch}
     * @param sorted whether fetched siblings are sorted by key, otherwise by creation
     */
    record Watch(
            Seq seq,
            Path path,
            List<Path> only,
            Depths depths,
            boolean fetch,
            @Nullable Long since,
            boolean chain,
            boolean sorted,
            boolean by)
            implements Request {
        /** The most subtrees of a watch. */
        public static final int MAX_ONLY = 1_000;

        public Watch(
                Seq seq,
                Path path,
                List<Path> only,
                Depths depths,
                boolean fetch,
                @Nullable Long since,
                boolean chain,
                boolean sorted) {
            this(seq, path, only, depths, fetch, since, chain, sorted, false);
        }
    }

    /** Lists the children of a path, with {@code data} their values, too; {@code sorted} by key or by creation. */
    record Enumerate(Seq seq, Path path, boolean internal, boolean data, boolean empty, boolean sorted)
            implements Request {}

    /**
     * Lists the ticks of a node's existing entries.
     *
     * @param max how many at most; 0 for all
     */
    record EnumerateNode(Seq seq, String node, long max) implements Request {}

    record Root(Seq seq, Path path) implements Request {}

    record GetState(Seq seq, Set<StatePart> parts) implements Request {}

    record GetTock(Seq seq) implements Request {}

    /** Ends the stream that answers the request {@code task}. */
    record Stop(Seq seq, Seq task) implements Request {}

    /** Sends a message: either {@code data} or {@code raw}. The topic is split into its levels. */
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

    /** Agrees on a key for the secret of a {@link LogIn}; what the client sends is its public key. */
    record DiffieHellman(Seq seq, Bytes publicKey) implements Request {}

    /**
     * Says who the client is; sent as {@code auth}. The answer is a stream without items.
     *
     * @param method {@code password}, {@code token}, {@code run}, or {@code code}: the secret is that of an approved code
     * @param user the name of the user; "" unless there is a password
     */
    record LogIn(Seq seq, String method, String user, Secret secret) implements Request {
        /** The method of a run, with its token. */
        public static final String RUN = "run";

        /** The log-in of a run of a job. */
        public static LogIn ofRun(Seq seq, String token) {
            return new LogIn(seq, RUN, "", new Secret(token, null));
        }

        /** Whether the secret is a token, which is sent as {@code token}. */
        public static boolean isByToken(String method) {
            return method.equals("token") || method.equals("code") || method.equals(RUN);
        }
    }

    /**
     * What proves who the client is: as text, or as bytes that are encrypted with the key of a {@link DiffieHellman}. It is
     * never shown.
     */
    record Secret(@Nullable String text, @Nullable Bytes encrypted) {
        @Override
        public String toString() {
            return "(secret)";
        }
    }

    /** Asks who the client is; sent as {@code auth_info}. */
    record WhoAmI(Seq seq) implements Request {}

    /** About the machines that join as nodes. */
    sealed interface OfNodes extends Request {
        @Override
        Seq seq();
    }

    /**
     * Permits a machine to join once, as this node; answered with what the machine needs for that.
     *
     * @param groups the groups whose jobs it is to run
     * @param labels what it has, for jobs that ask for it
     * @param life for how long it may join
     * @param address by which it reaches the server, with a port or without; {@code null}: the server is to find out
     */
    record InviteNode(
            Seq seq,
            String name,
            List<String> groups,
            List<String> labels,
            Duration life,
            @Nullable String address) implements OfNodes {}

    /**
     * Joins with an invitation; sent before a log-in. Sent again with the same key, it is answered in the same way.
     *
     * @param secret the invitation's id and secret
     * @param publicKey the public key of the machine, as X.509 encodes it
     */
    record JoinAsNode(Seq seq, Secret secret, Bytes publicKey) implements OfNodes {}

    /** Asks for the next certificate of the node that sends this; its key may be another one. */
    record RenewNode(Seq seq, Bytes publicKey) implements OfNodes {}

    /** Lists the nodes and the invitations. */
    record ListNodes(Seq seq) implements OfNodes {}

    /** Ends everything that this node may do, and its invitations. */
    record RevokeNode(Seq seq, String name) implements OfNodes {}

    /** About copies of the tree. */
    sealed interface OfCopies extends Request {
        @Override
        Seq seq();
    }

    /**
     * Asks for everything that a copy of the whole tree needs, now and from now on. The answer is a stream; acknowledging
     * an item says that the copy has it, durably.
     *
     * @param seal that of the copy; {@code null} if there is nothing yet
     * @param revision the last that the copy has; -1 for a full copy
     * @param resume what the stream of a full copy has said that was broken off; "" for none
     * @param tick the last that the full copy has got; -1 for none
     */
    record FollowStore(Seq seq, @Nullable String seal, long revision, String resume, long tick) implements OfCopies {}

    /**
     * Makes this copy the main server of a new epoch.
     *
     * @param force even if the main server lives
     */
    record PromoteCopy(Seq seq, boolean force) implements OfCopies {}

    /**
     * Asks for a code by which somebody who is logged in can let this client in; sent as {@code auth_code}.
     *
     * @param client what the approver is told about the client
     */
    record AskForCode(Seq seq, String client) implements Request {}

    /**
     * Decides about a code, or only looks at it; sent as {@code auth_approve}.
     *
     * @param user as whom the client will be logged in; {@code null}: as whoever approves
     * @param approved {@code null}: only tell what it is about
     */
    record ApproveCode(
            Seq seq,
            String code,
            @Nullable String user,
            @Nullable Boolean approved) implements Request {}

    /**
     * Keeps a token that logs in as the user who sends this; sent as {@code auth_token}. Its secret stays with the client.
     *
     * @param name what people call it
     * @param hash of its secret
     * @param expires unix time in seconds
     */
    record KeepToken(Seq seq, String id, String name, String hash, double expires) implements Request {}

    /** Deletes a token of the user who sends this; sent as {@code auth_token} without a hash. */
    record DropToken(Seq seq, String id) implements Request {}

    /** Gives the user who sends this another password; sent as {@code auth_password}. */
    record ChangePassword(Seq seq, Secret present, Secret next) implements Request {}

    /**
     * Does all of these writes or none.
     *
     * @param by who is to be recorded instead of the client, for owners who restore what others had written; {@code null}:
     *     the client
     */
    record CommitAll(
            Seq seq,
            List<CommitWrite> writes,
            List<Guard> guards,
            long cause,
            @Nullable String by) implements Request {
        public CommitAll(Seq seq, List<CommitWrite> writes, List<Guard> guards) {
            this(seq, writes, guards, 0, null);
        }
    }

    /**
     * Repeats a write that was sent before, on connections that were lost before the answer. If it was committed, it is
     * answered as it would have been then; otherwise it is done now.
     *
     * @param write one of the requests that change entries
     * @param attempts the earlier requests, on the lost connections, which have no effect from now on
     * @param since a tock that was known before the first attempt was sent
     */
    record Again(Request write, List<WriteId> attempts, long since) implements Request {
        /** The most attempts. */
        public static final int MAX_ATTEMPTS = 100;

        /** Whether a request can be repeated in this way. */
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

    /**
     * Answers the greeting. Has no reply.
     *
     * @param qlen at most this many stream items may be unacknowledged; 0 for no flow control
     * @param seal what the client knows of newer epochs than the server's; {@code null}: nothing
     */
    record Hello(int qlen, @Nullable String seal) implements Request {
        public Hello(int qlen) {
            this(qlen, null);
        }

        @Override
        public @Nullable Seq seq() {
            return null;
        }
    }

    /** The items of the stream {@code seq} up to {@code ack} were processed. Has no reply. */
    record Ack(Seq seq, long ack) implements Request {}

    /** A stream of the client has ended, though no action has one. Has no reply. */
    record StreamEnd(Seq seq) implements Request {}

    /** An action of the protocol that this server does not support (management of users, coordination of servers, …). */
    record Unsupported(Seq seq, String action, boolean stream) implements Request {
        public Unsupported(Seq seq, String action) {
            this(seq, action, false);
        }
    }

    /** An action that is not in the protocol. */
    record Unknown(Seq seq, String action, boolean stream) implements Request {
        public Unknown(Seq seq, String action) {
            this(seq, action, false);
        }
    }

    /** An invalid request: a key is missing or has an invalid value. The reason names it. */
    record Malformed(@Nullable Seq seq, String reason, boolean stream) implements Request {
        public Malformed(@Nullable Seq seq, String reason) {
            this(seq, reason, false);
        }
    }
}
