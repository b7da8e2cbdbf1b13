package distkv.protocol.codec;

import distkv.model.Guard;
import distkv.protocol.ChainCondition;
import distkv.protocol.CommitWrite;
import distkv.protocol.MsgWriter;
import distkv.protocol.WirePath;
import java.util.List;

/** Writes the structured parts of requests. */
final class RequestParts {
    private RequestParts() {}

    static void chain(MsgWriter out, ChainCondition chain) {
        switch (chain) {
            case ChainCondition.Link(String node, long tick) -> {
                out.map(2);
                Key.NODE.write(out);
                out.text(node);
                Key.TICK.write(out);
                out.number(tick);
            }
            case ChainCondition.Absent _ -> out.nil();
            case ChainCondition.Unchecked _ -> throw new IllegalArgumentException("an unchecked chain is not sent");
        }
    }

    static void guards(MsgWriter out, List<Guard> guards) {
        out.array(guards.size());
        for (Guard guard : guards) {
            out.array(2);
            WirePath.write(out, guard.path());
            out.number(guard.tick());
        }
    }

    static void write(MsgWriter out, CommitWrite write) {
        boolean chained = !(write.chain() instanceof ChainCondition.Unchecked);
        out.map(1 + (write.value() == null ? 0 : 1) + (chained ? 1 : 0) + (write.session() ? 1 : 0));
        Key.PATH.write(out);
        WirePath.write(out, write.path());
        if (write.value() != null) {
            Key.VALUE.write(out);
            out.value(write.value());
        }
        if (chained) {
            Key.CHAIN.write(out);
            chain(out, write.chain());
        }
        if (write.session()) {
            Key.SESSION.write(out);
            out.flag(true);
        }
    }
}
