package distkv.server.copy;

import distkv.model.Entry;
import distkv.model.Origin;
import distkv.model.Path;
import distkv.model.Value;
import distkv.model.WriteId;
import distkv.protocol.MsgReader;
import distkv.protocol.MsgType;
import distkv.protocol.MsgWriter;
import distkv.protocol.ProtocolException;
import distkv.store.CopyBatch;
import distkv.store.CopyFeed;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The items of the stream that a copy is made from ({@code docs/protocol.md}). Values of entries are sent as bytes, so that
 * an item is never nested deeper than a message may be.
 */
public final class CopyCodec {
    private CopyCodec() {}

    /** The first item. */
    public static Value encode(CopyFeed.Start start) {
        MsgWriter out = new MsgWriter();
        out.array(3).flag(start.full()).text(start.resume()).map(start.facts().size());
        start.facts().forEach((name, fact) -> out.text(name).text(fact));
        return new Value(out.toByteArray());
    }

    /**
     * Reads the first item.
     *
     * @throws ProtocolException if it is something else
     */
    public static CopyFeed.Start start(Value value) {
        Reading in = new Reading(value);
        in.array(3);
        boolean full = in.flag();
        String resume = in.text();
        Map<String, String> facts = new LinkedHashMap<>();
        for (int left = in.expect(MsgType.MAP); left > 0; left--) {
            facts.put(in.text(), in.text());
        }
        return new CopyFeed.Start(full, facts, resume);
    }

    /** Every other item. */
    public static Value encode(CopyBatch batch) {
        MsgWriter out = new MsgWriter();
        out.array(6).map(batch.granted().size());
        batch.granted().forEach((lease, ttl) -> out.number(lease).number(ttl.toMillis()));
        out.array(batch.rows().size());
        batch.rows().forEach(row -> write(out, row));
        out.array(batch.ended().size());
        batch.ended().forEach(out::number);
        out.flag(batch.isAll()).number(batch.upTo()).number(batch.newest());
        return new Value(out.toByteArray());
    }

    private static void write(MsgWriter out, CopyBatch.Row row) {
        Entry entry = row.entry();
        WriteId id = row.id();
        Origin origin = row.origin();
        out.array(10).bytes(entry.path().key());
        if (entry.value() == null) {
            out.nil();
        } else {
            out.bytes(entry.value().bytes());
        }
        out.number(entry.tick()).number(entry.lease()).number(entry.created()).number(row.replaces());
        out.number(id == null ? 0 : id.writer()).number(id == null ? 0 : id.number());
        if (origin == null) {
            out.nil().number(0);
        } else {
            out.text(origin.by()).number(origin.cause());
        }
    }

    /**
     * Reads another item.
     *
     * @throws ProtocolException if it is something else
     */
    public static CopyBatch batch(Value value) {
        Reading in = new Reading(value);
        in.array(6);
        Map<Long, Duration> granted = new LinkedHashMap<>();
        for (int left = in.expect(MsgType.MAP); left > 0; left--) {
            granted.put(in.number(), Duration.ofMillis(in.number()));
        }
        List<CopyBatch.Row> rows = new ArrayList<>();
        for (int left = in.expect(MsgType.ARRAY); left > 0; left--) {
            rows.add(row(in));
        }
        List<Long> ended = new ArrayList<>();
        for (int left = in.expect(MsgType.ARRAY); left > 0; left--) {
            ended.add(in.number());
        }
        return new CopyBatch(granted, rows, ended, in.flag(), in.number(), in.number());
    }

    private static CopyBatch.Row row(Reading in) {
        in.array(10);
        Path path = Path.ofKey(in.bytes());
        byte[] value = in.bytesOrNull();
        long tick = in.number();
        Entry entry = new Entry(path, value == null ? null : new Value(value), tick, in.number(), in.number());
        long replaces = in.number();
        long writer = in.number();
        long number = in.number();
        String by = in.textOrNull();
        long cause = in.number();
        return new CopyBatch.Row(
                entry,
                replaces,
                writer == 0 ? null : new WriteId(writer, number),
                by == null ? null : new Origin(by, cause));
    }

    /** Reads what is expected, or throws. */
    private static final class Reading {
        private final MsgReader in;

        Reading(Value value) {
            in = MsgReader.of(value);
        }

        int expect(MsgType expected) {
            MsgType type = in.next();
            if (type != expected) {
                throw new ProtocolException("copy: " + type + " (expected: " + expected + ")");
            }
            return type == MsgType.MAP || type == MsgType.ARRAY ? in.length() : 0;
        }

        void array(int length) {
            if (expect(MsgType.ARRAY) != length) {
                throw new ProtocolException("copy: an array of " + in.length() + " (expected: " + length + ")");
            }
        }

        long number() {
            expect(MsgType.INTEGER);
            return in.number();
        }

        boolean flag() {
            expect(MsgType.BOOLEAN);
            return in.flag();
        }

        String text() {
            expect(MsgType.TEXT);
            return in.text();
        }

        byte[] bytes() {
            expect(MsgType.BYTES);
            return in.content();
        }

        private boolean isNil() {
            int here = in.position();
            boolean nil = in.next() == MsgType.NIL;
            if (!nil) {
                in.rewind(here);
            }
            return nil;
        }

        byte @Nullable [] bytesOrNull() {
            return isNil() ? null : bytes();
        }

        @Nullable
        String textOrNull() {
            return isNil() ? null : text();
        }
    }
}
