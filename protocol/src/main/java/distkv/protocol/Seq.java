package distkv.protocol;

import distkv.model.Value;
import java.security.SecureRandom;

/** The number that pairs replies with their request: chosen by the client, echoed by the server. */
public sealed interface Seq {
    /** An integer, as all known clients send. */
    record Int(long value) implements Seq {
        @Override
        public String toString() {
            return Long.toString(value);
        }
    }

    /** A text, or an integer above 2^63 − 1, as it came. */
    record Raw(Value value) implements Seq {
        /** The most bytes of a text, which is echoed in every reply. */
        private static final int MAX = 256;

        private static final int SEED = new SecureRandom().nextInt();

        /** Keyed with a random number, so that clients cannot choose many with the same hash. */
        @Override
        public int hashCode() {
            int hash = SEED;
            for (byte octet : value.bytes()) {
                hash = (hash ^ octet) * 0x9E3779B1;
                hash ^= hash >>> 15;
            }
            return hash;
        }
    }

    static Seq of(long value) {
        return new Int(value);
    }

    /** Reads a seq; anything but an integer or a text is refused. */
    static Seq read(MsgReader in) {
        int from = in.position();
        MsgType type = in.next();
        if (type == MsgType.INTEGER && in.fitsLong()) {
            return new Int(in.number());
        }
        if (type == MsgType.INTEGER || type == MsgType.TEXT) {
            if (type == MsgType.TEXT && in.length() > Raw.MAX) {
                throw new ProtocolException("text of " + in.length() + " bytes (expected: a positive integer)");
            }
            in.rewind(from);
            return new Raw(in.slice());
        }
        throw new ProtocolException(type + " (expected: a positive integer)");
    }

    /** Writes it as it is. */
    default void write(MsgWriter out) {
        switch (this) {
            case Int(long value) -> out.number(value);
            case Raw(Value value) -> out.value(value);
        }
    }
}
