package distkv.store.etcd;

import com.google.protobuf.ByteString;
import distkv.model.Entry;
import distkv.model.Origin;
import distkv.model.Path;
import distkv.model.Value;
import java.time.Duration;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.function.BiConsumer;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * The tree after a record of the log.
 *
 * @param name of its parts
 * @param number of the record
 * @param revision of the tree
 * @param parts how many there are
 * @param bytes how many are in all of them
 */
record LogSnapshot(String name, long number, long revision, int parts, long bytes) {
    /** A lease: who looks after it, and how long it lives. */
    record Lease(String server, Duration ttl) {}

    /**
     * What is in one.
     *
     * @param origins those of the entries that say more than {@link Entry#by}
     */
    record Contents(
            long number,
            long revision,
            long lastLease,
            Map<Long, Lease> leases,
            Entry[] entries,
            Map<Path, Origin> origins) {
        /** Who wrote an entry, and why. */
        @Nullable
        Origin origin(Entry entry) {
            Origin more = origins.get(entry.path());
            return more != null || entry.by() == null ? more : new Origin(entry.by());
        }
    }

    /** The empty tree before the first record. */
    static final LogSnapshot NONE = new LogSnapshot("none", 0, 0, 0, 0);

    /** As it is listed. */
    private String line() {
        return name + " " + number + " " + revision + " " + parts + " " + bytes;
    }

    static ByteString list(List<LogSnapshot> snapshots) {
        return ByteString.copyFromUtf8(snapshots.stream().map(LogSnapshot::line).collect(Collectors.joining("\n")));
    }

    /** Those in a list as it is stored; an empty one is that of a new tree. */
    static List<LogSnapshot> list(ByteString listed) {
        return listed.isEmpty()
                ? List.of(NONE)
                : listed.toStringUtf8().lines().map(LogSnapshot::of).toList();
    }

    private static LogSnapshot of(String line) {
        String[] words = line.split(" ", -1);
        try {
            return new LogSnapshot(
                    words[0],
                    Long.parseLong(words[1]),
                    Long.parseLong(words[2]),
                    Integer.parseInt(words[3]),
                    Long.parseLong(words[4]));
        } catch (NumberFormatException | ArrayIndexOutOfBoundsException e) {
            throw ByteReader.damaged();
        }
    }

    /** Writes the parts of a snapshot, and returns it. */
    static LogSnapshot write(String name, Contents contents, Parts parts) throws EtcdFailure {
        ByteWriter out = new ByteWriter();
        out.number(LogRecord.WHOLE)
                .number(contents.number())
                .number(contents.revision())
                .number(contents.lastLease())
                .number(contents.leases().size());
        contents.leases()
                .forEach((id, lease) ->
                        out.number(id).text(lease.server()).number(lease.ttl().toMillis()));
        out.number(contents.entries().length);
        int count = 0;
        long bytes = 0;
        for (Entry entry : contents.entries()) {
            write(entry, contents.origin(entry), out);
            if (out.size() >= Parts.SIZE) {
                bytes += out.size();
                count = put(name, count, out, parts);
            }
        }
        bytes += out.size();
        count = put(name, count, out, parts);
        return new LogSnapshot(name, contents.number(), contents.revision(), count, bytes);
    }

    private static int put(String name, int from, ByteWriter out, Parts parts) throws EtcdFailure {
        byte[] bytes = out.toByteArray();
        int count = from;
        for (int at = 0; at < bytes.length; at += Parts.SIZE) {
            parts.put(name, count++, Arrays.copyOfRange(bytes, at, Math.min(bytes.length, at + Parts.SIZE)));
        }
        out.clear();
        return count;
    }

    private static void write(Entry entry, @Nullable Origin origin, ByteWriter out) {
        Value value = Objects.requireNonNull(entry.value());
        out.bytes(entry.path().key())
                .bytes(value.bytes())
                .number(entry.tick())
                .number(entry.lease())
                .number(entry.tick() - entry.created());
        LogRecord.encode(origin, out);
    }

    /** What is read of one before its entries. */
    record Head(long lastLease, Map<Long, Lease> leases) {}

    /**
     * Reads it.
     *
     * @param at the revision of etcd at which to read
     * @param each gets each entry, which has no author yet, and its origin, which has
     */
    Head read(Parts source, long at, BiConsumer<Entry, @Nullable Origin> each) throws EtcdFailure {
        if (parts == 0) {
            return new Head(0, Map.of());
        }
        PartReader reader = new PartReader(source, at);
        try {
            return read(new ByteReader(new byte[0], reader::next), each);
        } catch (Unread e) {
            throw e.failure;
        }
    }

    private static Head read(ByteReader in, BiConsumer<Entry, @Nullable Origin> each) {
        if (in.number() != LogRecord.WHOLE) {
            throw ByteReader.damaged();
        }
        in.number();
        in.number();
        long lastLease = in.number();
        Map<Long, Lease> leases = new HashMap<>();
        for (int left = in.count(); left > 0; left--) {
            leases.put(in.number(), new Lease(in.text(), Duration.ofMillis(in.number())));
        }
        for (long left = in.number(); left > 0; left--) {
            Path path = Path.ofTrustedKey(in.bytes());
            Value value = new Value(in.bytes());
            long tick = in.number();
            long lease = in.number();
            Entry entry = new Entry(path, value, tick, lease, tick - in.number());
            each.accept(entry, LogRecord.origin(in));
        }
        return new Head(lastLease, leases);
    }

    /** A failure on its way through a supplier. */
    private static final class Unread extends RuntimeException {
        private static final long serialVersionUID = 1;
        final transient EtcdFailure failure;

        Unread(EtcdFailure failure) {
            super(failure);
            this.failure = failure;
        }
    }

    private final class PartReader {
        private final Parts source;
        private final long at;
        private int next;

        PartReader(Parts source, long at) {
            this.source = source;
            this.at = at;
        }

        byte @Nullable [] next() {
            try {
                return next == parts ? null : source.get(name, next++, at);
            } catch (EtcdFailure e) {
                throw new Unread(e);
            }
        }
    }
}
