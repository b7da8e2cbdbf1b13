package distkv.protocol.codec;

import distkv.model.Bytes;
import distkv.model.Depths;
import distkv.model.Guard;
import distkv.model.Origin;
import distkv.model.Path;
import distkv.model.Revision;
import distkv.model.Value;
import distkv.model.WriteId;
import distkv.protocol.ChainCondition;
import distkv.protocol.CommitWrite;
import distkv.protocol.Frame;
import distkv.protocol.MsgReader;
import distkv.protocol.MsgType;
import distkv.protocol.ProtocolException;
import distkv.protocol.Request;
import distkv.protocol.Seq;
import distkv.protocol.StatePart;
import distkv.protocol.Values;
import distkv.protocol.WirePath;
import distkv.protocol.WriteConditions;
import java.time.Duration;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Decodes requests. */
public final class RequestDecoder {
    /** The most characters of an unknown action in an error. */
    private static final int MAX_ACTION = 60;

    private static final String CHAIN_EXPECTED = "nil or a map with node and tick";

    private final MapReader fields;
    private final Seq seq;

    private RequestDecoder(MapReader fields, Seq seq) {
        this.fields = fields;
        this.seq = seq;
    }

    /** Decodes a frame from a client; never fails, see {@link Request.Malformed}. */
    public static Request decode(Frame frame) {
        @Nullable Seq seq = null;
        @Nullable MapReader fields = null;
        try {
            fields = MapReader.of(frame);
            if (!fields.has(Key.ACTION) && fields.has(Key.QLEN)) {
                return hello(fields);
            }
            seq = fields.seq(Key.SEQ);
            RequestDecoder decoder = new RequestDecoder(fields, seq);
            Request request = fields.has(Key.ACTION) ? decoder.action() : decoder.state();
            return fields.has(Key.AGAIN) ? decoder.again(request) : request;
        } catch (ProtocolException e) {
            return new Request.Malformed(seq, String.valueOf(e.getMessage()), fields != null && isStream(fields));
        }
    }

    private Request again(Request write) {
        if (!Request.Again.isFor(write)) {
            throw new ProtocolException("again: given (expected: only with requests that change entries)");
        }
        List<WriteId> attempts = fields.list(
                Key.AGAIN, "an array of [writer, seq]", Request.Again.MAX_ATTEMPTS, RequestDecoder::attempt);
        if (attempts.isEmpty()) {
            throw new ProtocolException("again: no attempt (expected: 1 to " + Request.Again.MAX_ATTEMPTS + ")");
        }
        return new Request.Again(write, attempts, fields.number(Key.SINCE));
    }

    private static WriteId attempt(MsgReader in) {
        if (in.next() != MsgType.ARRAY || in.length() != 2) {
            throw new ProtocolException("not a pair (expected: [writer, seq])");
        }
        return new WriteId(positive(in), positive(in));
    }

    private static long positive(MsgReader in) {
        if (in.next() != MsgType.INTEGER || !in.fitsLong() || in.number() <= 0) {
            throw new ProtocolException("a pair with another element (expected: positive integers)");
        }
        return in.number();
    }

    /** Whether the original would answer with a stream, whatever else is wrong with the request. */
    private static boolean isStream(MapReader fields) {
        try {
            return switch (fields.has(Key.ACTION) ? named(fields) : null) {
                case GET_TREE, GET_TREE_INTERNAL, WATCH, MSG_MONITOR, AUTH, AUTH_LIST, COPY_FOLLOW -> true;
                case DELETE_TREE -> fields.number(Key.NCHAIN, 0) != 0 || isStart(fields);
                case null, default -> isStart(fields);
            };
        } catch (ProtocolException _) {
            // The deciding key is malformed itself; a client that names an action understands a stream.
            return fields.has(Key.ACTION) && fields.in(Key.ACTION).next() == MsgType.TEXT;
        }
    }

    /** Whether the client starts a stream of its own, and so expects one. */
    private static boolean isStart(MapReader fields) {
        return fields.has(Key.STATE) && fields.text(Key.STATE).equals("start");
    }

    private static Request hello(MapReader fields) {
        return new Request.Hello(
                (int) Math.clamp(fields.number(Key.QLEN, 0), 0L, 1_000_000L), fields.textOrNull(Key.SEAL));
    }

    private Request state() {
        String state = fields.has(Key.STATE) ? fields.text(Key.STATE) : "";
        return switch (state) {
            case "ack" -> new Request.Ack(seq, fields.number(Key.ACK));
            case "end" -> new Request.StreamEnd(seq);
            default -> throw new ProtocolException("action: missing (expected: the name of an action)");
        };
    }

    /** The requested action; {@code null} if the protocol has none of that name. */
    private static @Nullable Action named(MapReader fields) {
        MsgReader in = fields.in(Key.ACTION);
        if (in.next() != MsgType.TEXT) {
            throw fields.wrong(Key.ACTION, "the name of an action");
        }
        return Action.of(in.bytes(), in.position(), in.length());
    }

    private Request action() {
        Action action = named(fields);
        if (action == null) {
            MsgReader in = fields.in(Key.ACTION);
            in.next();
            return new Request.Unknown(seq, in.text(MAX_ACTION), isStart(fields));
        }
        return switch (action) {
            case GET_VALUE -> get(false);
            case GET_INTERNAL -> get(true);
            case SET_VALUE -> set(false);
            case SET_INTERNAL -> set(true);
            case DELETE_VALUE -> delete(false);
            case DELETE_INTERNAL -> delete(true);
            case DELETE_TREE -> new Request.DeleteTree(seq, path(), guards(), chain(false), cause());
            case GET_TREE -> tree(false);
            case GET_TREE_INTERNAL -> tree(true);
            case WATCH -> watch();
            case ENUM, ENUMERATE -> enumerate(false);
            case ENUM_INTERNAL -> enumerate(true);
            case ENUM_NODE -> new Request.EnumerateNode(seq, fields.text(Key.NODE), fields.number(Key.MAX, 0));
            case ROOT -> new Request.Root(seq, path());
            case GET_STATE -> new Request.GetState(seq, parts());
            case GET_TOCK -> new Request.GetTock(seq);
            case STOP -> new Request.Stop(seq, fields.seq(Key.TASK));
            case MSG_SEND -> send();
            case MSG_MONITOR -> new Request.MsgMonitor(seq, Topic.read(fields), fields.flag(Key.RAW));
            case TEST_ACL -> new Request.TestAcl(seq, path(), fields.textOrNull(Key.MODE), fields.textOrNull(Key.ACL));
            case SESSION -> session();
            case SESSION_RENEW -> new Request.RenewSession(seq);
            case SESSION_END -> new Request.EndSession(seq);
            case COMMIT -> commit();
            case NODE_INVITE, NODE_JOIN, NODE_RENEW, NODE_LIST, NODE_REVOKE -> NodeRequests.read(action, seq, fields);
            case COPY_FOLLOW, COPY_PROMOTE -> CopyRequests.read(action, seq, fields);
            case DIFFIE_HELLMAN -> new Request.DiffieHellman(seq, bytes(Key.PUBKEY));
            case AUTH -> logIn();
            case AUTH_INFO -> new Request.WhoAmI(seq);
            case AUTH_CODE -> new Request.AskForCode(seq, fields.text(Key.CLIENT));
            case AUTH_APPROVE ->
                new Request.ApproveCode(
                        seq,
                        fields.text(Key.CODE),
                        fields.textOrNull(Key.IDENT),
                        fields.has(Key.APPROVED) ? (Boolean) fields.flag(Key.APPROVED) : null);
            case AUTH_TOKEN -> token();
            case AUTH_PASSWORD ->
                new Request.ChangePassword(
                        seq,
                        new Request.Secret(fields.text(Key.PASSWORD), null),
                        new Request.Secret(fields.text(Key.NEW), null));
            case AUTH_GET,
                    AUTH_SET,
                    AUTH_LIST,
                    SET_AUTH_TYP,
                    SAVE,
                    LOG,
                    KILL_NODE,
                    CHECK_DELETED,
                    UPDATE,
                    FAKE_INFO,
                    FAKE_INFO_SEND -> new Request.Unsupported(seq, action.toString(), isStream(fields));
        };
    }

    private Request token() {
        String id = fields.text(Key.ID);
        return fields.has(Key.HASH)
                ? new Request.KeepToken(seq, id, fields.text(Key.NAME), fields.text(Key.HASH), fields.real(Key.EXPIRES))
                : new Request.DropToken(seq, id);
    }

    private Request get(boolean internal) {
        if (!fields.has(Key.PATH) && fields.has(Key.NODE)) {
            return new Request.GetByTick(seq, fields.text(Key.NODE), fields.number(Key.TICK), chain(false));
        }
        return new Request.GetValue(seq, path(), internal, chain(false), fields.flag(Key.BY));
    }

    private Request set(boolean internal) {
        Value value = fields.value(Key.VALUE);
        if (value == null) {
            throw new ProtocolException("value: missing (Call 'delete_value' if you want to clear the value)");
        }
        if (value.equals(Values.NOT_GIVEN)) {
            return new Request.DeleteValue(seq, path(), internal, conditions(), chain(true), cause());
        }
        boolean idem = fields.flag(Key.IDEM);
        boolean session = fields.flag(Key.SESSION);
        return new Request.SetValue(seq, path(), internal, value, conditions(), idem, chain(true), session, cause());
    }

    private Request delete(boolean internal) {
        if (fields.has(Key.VALUE)) {
            throw new ProtocolException("value: given (A deleted entry can't have a value)");
        }
        return new Request.DeleteValue(seq, path(), internal, conditions(), chain(true), cause());
    }

    private Request tree(boolean internal) {
        boolean empty = fields.flag(Key.EMPTY) || fields.flag(Key.ADD_EMPTY);
        return new Request.GetTree(
                seq, path(), internal, depths(), empty, chain(false), fields.flag(Key.SORTED), fields.flag(Key.BY));
    }

    private Request watch() {
        boolean fetch = fields.flag(Key.FETCH);
        Long since = fields.has(Key.SINCE) && !fields.isNil(Key.SINCE) ? fields.number(Key.SINCE) : null;
        if (fetch && since != null) {
            throw new ProtocolException("since: given together with fetch (expected: one of them)");
        }
        return new Request.Watch(
                seq,
                path(),
                only(),
                depths(),
                fetch,
                since,
                chain(false),
                fields.flag(Key.SORTED),
                fields.flag(Key.BY));
    }

    private List<Path> only() {
        if (!fields.has(Key.ONLY) || fields.isNil(Key.ONLY)) {
            return List.of();
        }
        List<Path> only = fields.list(Key.ONLY, "an array of paths", Request.Watch.MAX_ONLY, WirePath::read);
        if (only.isEmpty()) {
            throw new ProtocolException("only: 0 paths (expected: 1 to " + Request.Watch.MAX_ONLY + ")");
        }
        return only;
    }

    private Request enumerate(boolean internal) {
        return new Request.Enumerate(
                seq, path(), internal, fields.flag(Key.WITH_DATA), fields.flag(Key.EMPTY), fields.flag(Key.SORTED));
    }

    private Request send() {
        Bytes raw = fields.bytesOrNull(Key.RAW);
        Value data = fields.value(Key.DATA);
        if ((raw == null) == (data == null)) {
            throw new ProtocolException("data: " + (raw == null ? "missing" : "given together with raw")
                    + " (expected: one of data and raw)");
        }
        return new Request.MsgSend(seq, Topic.read(fields), data, raw);
    }

    private Request logIn() {
        String method = fields.text(Key.TYP);
        if (Request.LogIn.isByToken(method)) {
            return new Request.LogIn(seq, method, "", new Request.Secret(fields.text(Key.TOKEN), null));
        }
        String user = fields.text(Key.IDENT);
        MsgReader in = fields.in(Key.PASSWORD);
        Request.Secret secret = in.next() == MsgType.BYTES
                ? new Request.Secret(null, bytes(Key.PASSWORD))
                : new Request.Secret(fields.text(Key.PASSWORD), null);
        return new Request.LogIn(seq, method, user, secret);
    }

    private Bytes bytes(Key key) {
        Bytes bytes = fields.bytesOrNull(key);
        if (bytes == null) {
            throw fields.wrong(key, "bytes");
        }
        return bytes;
    }

    private Request session() {
        if (fields.has(Key.SESSION)) {
            return new Request.AttachSession(seq, fields.number(Key.SESSION), fields.text(Key.SECRET));
        }
        double ttl = fields.real(Key.TTL);
        if (!(ttl >= 0.1 && ttl <= 86_400)) {
            throw fields.wrong(Key.TTL, "seconds, 0.1 to 86400");
        }
        return new Request.OpenSession(seq, Duration.ofNanos(Math.round(ttl * 1e9)));
    }

    private Request commit() {
        List<CommitWrite> writes =
                fields.list(Key.WRITES, "an array of maps", Revision.MAX_WRITES, RequestDecoder::write);
        if (writes.isEmpty()) {
            throw new ProtocolException("writes: 0 elements (expected: 1 to " + Revision.MAX_WRITES + ")");
        }
        return new Request.CommitAll(seq, writes, guards(), cause(), by());
    }

    private long cause() {
        long cause = fields.number(Key.CAUSE, 0);
        if (cause < 0) {
            throw fields.wrong(Key.CAUSE, "a tick");
        }
        return cause;
    }

    private @Nullable String by() {
        String by = fields.has(Key.BY) ? fields.textOrNull(Key.BY) : null;
        if (by != null && (by.isEmpty() || by.length() > Origin.MAX_BY)) {
            throw fields.wrong(Key.BY, "text of 1 to " + Origin.MAX_BY + " characters");
        }
        return by;
    }

    private static CommitWrite write(MsgReader in) {
        int start = in.position();
        in.skip();
        int end = in.position();
        MapReader write = MapReader.of(new MsgReader(in.bytes(), start, end), end);
        return new CommitWrite(write.path(Key.PATH), write.value(Key.VALUE), chained(write), write.flag(Key.SESSION));
    }

    private Path path() {
        return fields.path(Key.PATH);
    }

    private boolean chain(boolean otherwise) {
        return fields.number(Key.NCHAIN, otherwise ? 1 : 0) != 0;
    }

    private WriteConditions conditions() {
        if (!fields.has(Key.CHAIN) && !fields.has(Key.PREV) && !fields.has(Key.GUARD)) {
            return WriteConditions.NONE;
        }
        return new WriteConditions(chained(fields), fields.value(Key.PREV), guards());
    }

    private static ChainCondition chained(MapReader fields) {
        if (!fields.has(Key.CHAIN)) {
            return ChainCondition.UNCHECKED;
        }
        if (fields.isNil(Key.CHAIN)) {
            return ChainCondition.ABSENT;
        }
        MapReader chain = fields.map(Key.CHAIN, CHAIN_EXPECTED);
        if (!chain.has(Key.NODE) || !chain.has(Key.TICK)) {
            throw new ProtocolException("chain: a map without node and tick (expected: " + CHAIN_EXPECTED + ")");
        }
        return new ChainCondition.Link(chain.text(Key.NODE), chain.number(Key.TICK));
    }

    private List<Guard> guards() {
        return fields.list(Key.GUARD, "an array of [path, tick]", Request.MAX_GUARDS, in -> {
            if (in.next() != MsgType.ARRAY || in.length() != 2) {
                throw new ProtocolException("not a pair (expected: [path, tick])");
            }
            Path path = WirePath.read(in);
            if (in.next() != MsgType.INTEGER || !in.fitsLong()) {
                throw new ProtocolException("a pair without a tick (expected: [path, tick])");
            }
            return new Guard(path, in.number());
        });
    }

    private Depths depths() {
        long min = fields.number(Key.MIN_DEPTH, 0);
        long max = fields.number(Key.MAX_DEPTH, -1);
        if (min < 0) {
            throw fields.wrong(Key.MIN_DEPTH, "0 or more");
        }
        if (max < -1) {
            throw fields.wrong(Key.MAX_DEPTH, "-1 or more");
        }
        int most = max == -1 ? Integer.MAX_VALUE : (int) Math.min(max, Integer.MAX_VALUE);
        return new Depths((int) Math.min(min, Integer.MAX_VALUE), most);
    }

    private Set<StatePart> parts() {
        Set<StatePart> parts = EnumSet.noneOf(StatePart.class);
        for (StatePart part : StatePart.values()) {
            if (fields.flag(Key.of(part))) {
                parts.add(part);
            }
        }
        return parts;
    }
}
