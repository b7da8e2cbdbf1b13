package distkv.protocol.codec;

import distkv.model.Bytes;
import distkv.model.Chain;
import distkv.model.Origin;
import distkv.model.Path;
import distkv.model.Value;
import distkv.protocol.Etype;
import distkv.protocol.Frame;
import distkv.protocol.MsgReader;
import distkv.protocol.MsgType;
import distkv.protocol.ProtocolException;
import distkv.protocol.Reply;
import distkv.protocol.Seq;
import distkv.protocol.StatePart;
import java.time.Duration;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** Decodes replies, whose types show in the keys they have. */
public final class ReplyDecoder {
    /** More elements than any list of a server has. */
    private static final int MANY = 1_000;

    private final MapReader fields;
    private final long tock;

    private ReplyDecoder(MapReader fields) {
        this.fields = fields;
        this.tock = fields.number(Key.TOCK, 0);
    }

    /** Decodes a frame from a server. */
    public static Reply decode(Frame frame) {
        return new ReplyDecoder(MapReader.of(frame)).reply();
    }

    private Reply reply() {
        // A message of undecodable bytes has this key, too, and is not an error.
        if (fields.has(Key.ERROR) && !fields.has(Key.RAW)) {
            return error();
        }
        Seq seq = fields.seq(Key.SEQ);
        if (fields.has(Key.VERSION)) {
            return greeting();
        }
        if (fields.has(Key.STATE)) {
            return state(seq);
        }
        if (fields.has(Key.TOPIC)) {
            return new Reply.Message(
                    seq,
                    Topic.read(fields),
                    fields.value(Key.DATA),
                    fields.bytesOrNull(Key.RAW),
                    fields.textOrNull(Key.ERROR),
                    tock);
        }
        return fields.has(Key.DEPTH) ? item(seq) : single(seq);
    }

    private Reply error() {
        Seq seq = fields.has(Key.SEQ) ? fields.seq(Key.SEQ) : null;
        Reply.Found found = null;
        if (fields.has(Key.PATH)) {
            Long tick = fields.isNil(Key.TICK) ? null : (Long) fields.number(Key.TICK);
            found = new Reply.Found(fields.path(Key.PATH), tick);
        }
        return new Reply.Failed(seq, fields.text(Key.ERROR), Etype.of(fields.textOrNull(Key.ETYPE)), found, tock);
    }

    private Reply greeting() {
        return new Reply.Greeting(
                fields.text(Key.NODE),
                fields.list(Key.VERSION, "an array of integers", MANY, in -> {
                    MsgType type = in.next();
                    if (type != MsgType.INTEGER) {
                        throw new ProtocolException(type + " (expected: an integer)");
                    }
                    return (int) in.number();
                }),
                fields.number(Key.TICK, 0),
                tock,
                (int) Math.clamp(fields.number(Key.QLEN, 0), 0L, 1_000_000L),
                fields.list(Key.AUTH, "an array of texts", MANY, ReplyDecoder::word),
                fields.list(Key.EXT, "an array of texts", MANY, in -> Objects.requireNonNullElse(word(in), "")),
                fields.number(Key.WRITER, 0),
                fields.has(Key.SEAL)
                        ? new Reply.Standing(
                                fields.text(Key.TREE),
                                fields.number(Key.EPOCH),
                                fields.text(Key.SEAL),
                                fields.value(Key.COPY))
                        : null);
    }

    private static @Nullable String word(MsgReader in) {
        MsgType type = in.next();
        return switch (type) {
            case NIL -> null;
            case TEXT -> in.text();
            default -> throw new ProtocolException(type + " (expected: text)");
        };
    }

    private Reply state(Seq seq) {
        return switch (fields.text(Key.STATE)) {
            case "start" -> new Reply.StreamStart(seq, fields.flag(Key.REFUSED), tock);
            case "end" -> new Reply.StreamEnd(seq, tock);
            case "uptodate" -> new Reply.UpToDate(seq, tock);
            case "ack" -> new Reply.Ack(seq, fields.number(Key.ACK), tock);
            default -> throw fields.wrong(Key.STATE, "start, end, uptodate or ack");
        };
    }

    private Reply item(Seq seq) {
        int depth = (int) Math.clamp(fields.number(Key.DEPTH), 0L, Integer.MAX_VALUE);
        Path path = fields.path(Key.PATH);
        if (fields.has(Key.NODE)) {
            Chain chain = new Chain(fields.text(Key.NODE), fields.number(Key.TICK));
            return new Reply.Removed(seq, depth, path, chain, fields.value(Key.OLD_VALUE), tock);
        }
        return new Reply.Item(seq, depth, path, fields.value(Key.VALUE), chain(), origin(), tock);
    }

    private Reply single(Seq seq) {
        if (fields.has(Key.CHANGED)) {
            return changed(seq);
        }
        Value result = fields.value(Key.RESULT);
        if (result != null) {
            return new Reply.Result(seq, result, tock);
        }
        Value access = fields.value(Key.ACCESS);
        if (access != null) {
            return new Reply.Access(seq, access, tock);
        }
        if (fields.has(Key.TTL)) {
            return fields.has(Key.SESSION)
                    ? new Reply.SessionOpened(
                            seq,
                            fields.number(Key.SESSION),
                            fields.textOrNull(Key.SECRET),
                            ttl(),
                            fields.textOrNull(Key.SOCKET),
                            tock)
                    : new Reply.SessionRenewed(seq, ttl(), tock);
        }
        Bytes publicKey = fields.bytesOrNull(Key.PUBKEY);
        if (publicKey != null) {
            return new Reply.PublicKey(seq, publicKey, tock);
        }
        if (fields.has(Key.TICKS)) {
            return new Reply.Committed(seq, ticks(), tock);
        }
        if (fields.has(Key.VALUE) || fields.has(Key.CHAIN) || fields.has(Key.PATH)) {
            Path path = fields.has(Key.PATH) ? fields.path(Key.PATH) : null;
            return new Reply.Got(seq, fields.value(Key.VALUE), fields.has(Key.CHAIN), chain(), path, origin(), tock);
        }
        return fields.has(Key.NODE) ? parts(seq) : new Reply.Done(seq, tock);
    }

    private Reply changed(Seq seq) {
        MsgReader in = fields.in(Key.CHANGED);
        if (in.next() == MsgType.INTEGER) {
            return new Reply.Count(seq, in.number(), tock);
        }
        return new Reply.Changed(
                seq, fields.flag(Key.CHANGED), chain(), fields.value(Key.PREV), fields.textOrNull(Key.NOTE), tock);
    }

    private List<Long> ticks() {
        return fields.list(Key.TICKS, "an array of integers", MANY, in -> {
            MsgType type = in.next();
            if (type != MsgType.INTEGER) {
                throw new ProtocolException(type + " (expected: an integer)");
            }
            return in.number();
        });
    }

    private Reply parts(Seq seq) {
        Map<StatePart, Value> parts = new EnumMap<>(StatePart.class);
        for (StatePart part : StatePart.values()) {
            Value value = fields.value(Key.of(part));
            if (value != null) {
                parts.put(part, value);
            }
        }
        return new Reply.State(seq, fields.text(Key.NODE), parts, tock);
    }

    private Duration ttl() {
        return Duration.ofNanos(Math.round(fields.real(Key.TTL) * 1e9));
    }

    private @Nullable Origin origin() {
        String by = fields.has(Key.BY) ? fields.textOrNull(Key.BY) : null;
        return by == null || by.isEmpty() || by.length() > Origin.MAX_BY
                ? null
                : new Origin(by, Math.max(0, fields.number(Key.CAUSE, 0)));
    }

    private @Nullable Chain chain() {
        if (!fields.has(Key.CHAIN) || fields.isNil(Key.CHAIN)) {
            return null;
        }
        MapReader chain = fields.map(Key.CHAIN, "nil or a map with node and tick");
        return new Chain(chain.text(Key.NODE), chain.number(Key.TICK));
    }
}
