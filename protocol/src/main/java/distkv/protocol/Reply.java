package distkv.protocol;

import distkv.model.Bytes;
import distkv.model.Chain;
import distkv.model.Path;
import distkv.model.Value;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Everything that a server can say. A chain of {@code null} is written only where the record says that it was asked for. */
public sealed interface Reply {
    /** The request this answers; {@code null} if the request had none that could be read. */
    @Nullable
    Seq seq();

    /** The tick of the entry that this is about, otherwise the newest one; 0: not sent. */
    long tock();

    /**
     * The first message of a connection.
     *
     * @param qlen how many stream items may be unacknowledged, 0: no flow control
     * @param auth the methods of logging in, the current one first ({@code null} in it: none needed); empty: no key
     * @param extensions what this server adds to the protocol
     * @param writer the number that the writes of this connection are known by; 0: they are not
     */
    record Greeting(
            String node,
            List<Integer> version,
            long tick,
            long tock,
            int qlen,
            List<@Nullable String> auth,
            List<String> extensions,
            long writer)
            implements Reply {
        public Greeting(
                String node,
                List<Integer> version,
                long tick,
                long tock,
                int qlen,
                List<@Nullable String> auth,
                List<String> extensions) {
            this(node, version, tick, tock, qlen, auth, extensions, 0);
        }

        @Override
        public Seq seq() {
            return Seq.of(0);
        }
    }

    /** Done, and there is nothing to say but the tock. */
    record Done(Seq seq, long tock) implements Reply {}

    /**
     * What is at a path.
     *
     * @param value {@code null} if there is nothing
     * @param asked whether a chain was asked for: if so, and there is none, nil is written
     * @param path where it is, if the request did not say so
     */
    record Got(
            Seq seq,
            @Nullable Value value,
            boolean asked,
            @Nullable Chain chain,
            @Nullable Path path,
            long tock) implements Reply {}

    /**
     * What a write did.
     *
     * @param previous the old value, for a write that checked nothing
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

    /** The one value that was asked for. */
    record Result(Seq seq, Value result, long tock) implements Reply {}

    /** What {@code test_acl} found: false, true or the letters of the rights. */
    record Access(Seq seq, Value access, long tock) implements Reply {}

    /** The server's view of the history; each part is the value the server makes of it. */
    record State(Seq seq, String node, Map<StatePart, Value> parts, long tock) implements Reply {}

    /**
     * This connection has this session now.
     *
     * @param secret only for a new session
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

    /** All writes of a commit happened; the tick of each. */
    record Committed(Seq seq, List<Long> ticks, long tock) implements Reply {}

    /**
     * A stream begins.
     *
     * @param refused whether all that follows is the error why it is refused, and its end
     */
    record StreamStart(Seq seq, boolean refused, long tock) implements Reply {
        public StreamStart(Seq seq, long tock) {
            this(seq, false, tock);
        }
    }

    record StreamEnd(Seq seq, long tock) implements Reply {}

    /** All that was there is sent; what follows are changes. */
    record UpToDate(Seq seq, long tock) implements Reply {}

    /**
     * An entry in a stream; the path is shortened, see {@link PathShortener}.
     *
     * @param value {@code null} for a deletion, or for a path that is only there because something is below it
     */
    record Item(
            Seq seq,
            int depth,
            Path path,
            @Nullable Value value,
            @Nullable Chain chain,
            long tock) implements Reply {}

    /** An entry that {@code delete_tree} removed; the path is shortened. */
    record Removed(
            Seq seq,
            int depth,
            Path path,
            Chain chain,
            @Nullable Value oldValue,
            long tock) implements Reply {}

    /** A message that another client sent: its data, or its bytes and, if they are no MsgPack, the reason. */
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
     * It failed.
     *
     * @param found for {@link Etype#CHAIN} and {@link Etype#GUARD} what is there instead
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
     * The entry that was in the way.
     *
     * @param tick who wrote it last, {@code null} if there is none
     */
    record Found(Path path, @Nullable Long tick) {}

    /** Reads a frame that a server sent. */
    static Reply decode(Frame frame) {
        return ReplyDecoder.decode(frame);
    }
}
