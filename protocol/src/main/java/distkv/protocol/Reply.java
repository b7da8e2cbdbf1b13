package distkv.protocol;

import distkv.model.Bytes;
import distkv.model.Chain;
import distkv.model.Origin;
import distkv.model.Path;
import distkv.model.Value;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The messages of a server. A chain of {@code null} is written only where the record says that it was asked for. */
public sealed interface Reply {
    /** The number of the request that this answers; {@code null} if that could not be read. */
    @Nullable
    Seq seq();

    /** The tick of the entry that this is about, otherwise the newest tock; 0 if none is sent. */
    long tock();

    /** What is in a result that is a map; nothing for all other replies. */
    default Map<?, ?> fields() {
        return Map.of();
    }

    /**
     * The first message of a connection.
     *
     * @param qlen how many stream items may be unacknowledged; 0 for no flow control
     * @param auth the authentication methods, the current one first ({@code null}: none needed); empty for no key
     * @param extensions of the protocol that this server has
     * @param writer the number that identifies the writes of this connection; 0 for none
     * @param standing which tree this is, and of which epoch; {@code null} if the server does not say
     */
    record Greeting(
            String node,
            List<Integer> version,
            long tick,
            long tock,
            int qlen,
            List<@Nullable String> auth,
            List<String> extensions,
            long writer,
            @Nullable Standing standing)
            implements Reply {
        public Greeting(
                String node,
                List<Integer> version,
                long tick,
                long tock,
                int qlen,
                List<@Nullable String> auth,
                List<String> extensions) {
            this(node, version, tick, tock, qlen, auth, extensions, 0, null);
        }

        @Override
        public Seq seq() {
            return Seq.of(0);
        }
    }

    /**
     * What a server is among those that have, or have had, the same tree.
     *
     * @param tree the tree's id
     * @param epoch of this server, from 1
     * @param seal what tells a server of an older epoch that this one exists
     * @param copy of a read-only copy: a map of {@code of}, the main server's address, {@code behind}, in changes, and
     *     {@code seconds}, since when; {@code null}: this is the main server
     */
    record Standing(
            String tree, long epoch, String seal, @Nullable Value copy) {}

    /** Success without a result. */
    record Done(Seq seq, long tock) implements Reply {}

    /**
     * The entry at a path.
     *
     * @param value {@code null} if there is no entry
     * @param asked whether a chain was asked for: nil is written then if there is none
     * @param path of the entry, if the request did not name it
     * @param origin who wrote it and why, if that was asked for and is known
     */
    record Got(
            Seq seq,
            @Nullable Value value,
            boolean asked,
            @Nullable Chain chain,
            @Nullable Path path,
            @Nullable Origin origin,
            long tock)
            implements Reply {
        public Got(
                Seq seq, @Nullable Value value, boolean asked, @Nullable Chain chain, @Nullable Path path, long tock) {
            this(seq, value, asked, chain, path, null, tock);
        }
    }

    /**
     * The result of a write.
     *
     * @param previous the old value, for a write without conditions
     */
    record Changed(
            Seq seq,
            boolean changed,
            @Nullable Chain chain,
            @Nullable Value previous,
            @Nullable String note,
            long tock) implements Reply {
        public Changed(Seq seq, boolean changed, @Nullable Chain chain, @Nullable Value previous, long tock) {
            this(seq, changed, chain, previous, null, tock);
        }
    }

    /** How many entries {@code delete_tree} removed. */
    record Count(Seq seq, long changed, long tock) implements Reply {}

    /** The requested value. */
    record Result(Seq seq, Value result, long tock) implements Reply {
        @Override
        public Map<?, ?> fields() {
            return Values.decode(result) instanceof Map<?, ?> map ? map : Map.of();
        }
    }

    /** The result of {@code test_acl}: false, true or the letters of the rights. */
    record Access(Seq seq, Value access, long tock) implements Reply {}

    /** The state of the server; the content of each part is up to the server. */
    record State(Seq seq, String node, Map<StatePart, Value> parts, long tock) implements Reply {}

    /**
     * The connection has this session now.
     *
     * @param secret for a new session only
     * @param socket the path of the Unix socket for the session's witnesses, if the server has one
     */
    record SessionOpened(
            Seq seq,
            long session,
            @Nullable String secret,
            Duration ttl,
            @Nullable String socket,
            long tock) implements Reply {}

    record SessionRenewed(Seq seq, Duration ttl, long tock) implements Reply {}

    /** The server's public key, see {@link Request.DiffieHellman}. */
    record PublicKey(Seq seq, Bytes key, long tock) implements Reply {}

    /** A commit has happened; the ticks of its writes. */
    record Committed(Seq seq, List<Long> ticks, long tock) implements Reply {}

    /**
     * A stream begins.
     *
     * @param refused whether only an error and the end follow
     */
    record StreamStart(Seq seq, boolean refused, long tock) implements Reply {
        public StreamStart(Seq seq, long tock) {
            this(seq, false, tock);
        }
    }

    record StreamEnd(Seq seq, long tock) implements Reply {}

    /** All existing entries are sent; what follows are changes. */
    record UpToDate(Seq seq, long tock) implements Reply {}

    /**
     * An entry in a stream; the path is shortened, see {@link PathShortener}.
     *
     * @param value {@code null} for a deletion, or for a path that only has entries below it
     * @param origin who wrote it and why, if that was asked for and is known
     */
    record Item(
            Seq seq,
            int depth,
            Path path,
            @Nullable Value value,
            @Nullable Chain chain,
            @Nullable Origin origin,
            long tock)
            implements Reply {
        public Item(Seq seq, int depth, Path path, @Nullable Value value, @Nullable Chain chain, long tock) {
            this(seq, depth, path, value, chain, null, tock);
        }
    }

    /** An entry that {@code delete_tree} removed; the path is shortened. */
    record Removed(
            Seq seq,
            int depth,
            Path path,
            Chain chain,
            @Nullable Value oldValue,
            long tock) implements Reply {}

    /** A message from a client: its data, or its bytes and, if they are not MsgPack, the reason. */
    record Message(
            Seq seq,
            List<String> topic,
            @Nullable Value data,
            @Nullable Bytes raw,
            @Nullable String error,
            long tock) implements Reply {}

    /** The receiver of a client's own stream has processed it up to {@code ack}. */
    record Ack(Seq seq, long ack, long tock) implements Reply {}

    /**
     * The request failed.
     *
     * @param found for {@link Etype#CHAIN} and {@link Etype#GUARD} the entry that is there instead
     */
    record Failed(
            @Nullable Seq seq,
            String text,
            Etype etype,
            @Nullable Found found,
            long tock) implements Reply {
        public Failed(@Nullable Seq seq, String text, Etype etype, long tock) {
            this(seq, text, etype, null, tock);
        }
    }

    /**
     * The entry that caused a conflict.
     *
     * @param tick its last write; {@code null} if there is no entry
     */
    record Found(Path path, @Nullable Long tick) {}
}
