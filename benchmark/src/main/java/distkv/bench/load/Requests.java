package distkv.bench.load;

import distkv.model.Path;
import distkv.protocol.Values;
import java.nio.charset.StandardCharsets;
import java.util.SplittableRandom;
import org.jspecify.annotations.Nullable;

/** The requests of the benchmark. Entries have a three-element path and a value of 50 characters. */
public final class Requests {
    /** Writes the request of this number, which is also its {@code seq}. */
    public interface Talk {
        void write(MsgPackBuffer out, long number);
    }

    /** How many entries the rows that get and set choose from. */
    public static final int ENTRIES = 100_000;

    private static final byte[] VALUE = "v".repeat(50).getBytes(StandardCharsets.UTF_8);
    private static final byte[] ACTION = bytes("action");
    private static final byte[] SEQ = bytes("seq");
    private static final byte[] PATH = bytes("path");
    private static final byte[] GET = bytes("get_value");
    private static final byte[] SET = bytes("set_value");

    private Requests() {}

    /** Gets entries chosen at random among the first {@code entries} below {@code name}. */
    public static Talk gets(String name, int entries) {
        byte[] top = bytes(name);
        SplittableRandom random = new SplittableRandom(entries);
        return (out, number) -> entry(head(out, 3, GET, number), top, random.nextInt(entries));
    }

    /** As {@link #gets}, of Redis. */
    public static Talk redisGets(int entries) {
        SplittableRandom random = new SplittableRandom(entries);
        byte[] head = bytes("*2\r\n$3\r\nGET\r\n$16\r\nkey:");
        byte[] end = bytes("\r\n");
        return (out, number) ->
                out.raw(head).digits(random.nextInt(entries), 12).raw(end);
    }

    /** Sets entries chosen at random among the first {@code entries} below {@code name}. */
    public static Talk sets(String name, int entries) {
        byte[] top = bytes(name);
        SplittableRandom random = new SplittableRandom(entries);
        return (out, number) -> set(out, number, top, random.nextInt(entries));
    }

    /** Sets the entries below {@code name} one after another: request 1 sets the first one. */
    public static Talk fill(String name) {
        byte[] top = bytes(name);
        return (out, number) -> set(out, number, top, (int) number - 1);
    }

    /** Gets one entry that {@link #fill} has set. */
    public static Talk getOf(String name, int which) {
        byte[] top = bytes(name);
        return (out, number) -> entry(head(out, 3, GET, number), top, which);
    }

    /** The whole tree below {@code name}. */
    public static Talk tree(String name) {
        byte[] top = bytes(name);
        return (out, number) -> head(out, 3, bytes("get_tree"), number).array(1).text(top);
    }

    /** Watches the tree below {@code name}, without the existing entries. */
    public static Talk watch(String name) {
        byte[] top = bytes(name);
        return (out, number) -> head(out, 4, bytes("watch"), number)
                .array(1)
                .text(top)
                .text("fetch")
                .bool(false);
    }

    /** Sets one entry. */
    public static Talk set(Path path, @Nullable Object value) {
        byte[] where = Values.encode(path.elements()).bytes();
        byte[] what = Values.encode(value).bytes();
        return (out, number) -> head(out, 5, SET, number)
                .raw(where)
                .text("nchain")
                .number(0)
                .text("value")
                .raw(what);
    }

    /** Watches what is at and below a path, without the existing entries. */
    public static Talk watch(Path path) {
        byte[] where = Values.encode(path.elements()).bytes();
        return (out, number) ->
                head(out, 4, bytes("watch"), number).raw(where).text("fetch").bool(false);
    }

    /** Logs in by a token. */
    public static Talk token(String token) {
        return (out, number) -> auth(out, number, 4, "token").text("token").text(token);
    }

    /** Logs in by a password. */
    public static Talk password(String user, String password) {
        return (out, number) -> auth(out, number, 5, "password")
                .text("ident")
                .text(user)
                .text("password")
                .text(password);
    }

    private static MsgPackBuffer auth(MsgPackBuffer out, long number, int pairs, String method) {
        return out.map(pairs)
                .text(ACTION)
                .text("auth")
                .text(SEQ)
                .number(number)
                .text("typ")
                .text(method);
    }

    private static void set(MsgPackBuffer out, long number, byte[] top, int which) {
        entry(head(out, 5, SET, number), top, which)
                .text("nchain")
                .number(0)
                .text("value")
                .text(VALUE);
    }

    private static MsgPackBuffer head(MsgPackBuffer out, int pairs, byte[] action, long number) {
        return out.map(pairs).text(ACTION).text(action).text(SEQ).number(number).text(PATH);
    }

    private static MsgPackBuffer entry(MsgPackBuffer out, byte[] top, int which) {
        return out.array(3).text(top).label('g', which % 100, 2).label('e', which, 7);
    }

    private static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }
}
