package distkv.store.etcd;

import distkv.model.ChangeBatch;
import distkv.model.Entry;
import distkv.model.Origin;
import distkv.model.Path;
import distkv.model.Revision;
import distkv.model.Value;
import distkv.model.WriteId;
import distkv.store.engine.Mutation;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What one server has appended to the log at once.
 *
 * @param server who has; the leases that are granted are that server's
 * @param attempt which of its attempts this is, so that it knows its own record again
 * @param items in order
 */
record LogRecord(String server, long attempt, List<Item> items) {
    /** The first byte of a record that is all there. */
    static final int WHOLE = 1;

    private static final int COMMIT = 1;
    private static final int GRANTED = 2;
    private static final int ENDED = 3;
    private static final int TAKEN = 4;

    /** The name of the {@link Mutation.Noted} that says that the record's server looks after a lease from now on. */
    static final String LEASE = "lease";

    /** One of them. */
    sealed interface Item {}

    /**
     * A commit.
     *
     * @param batch its changes, which have no author yet
     * @param replaces for each the tick of the entry that it replaced; 0 if there was none
     */
    record Logged(
            ChangeBatch batch,
            List<Long> replaces,
            @Nullable WriteId id,
            @Nullable Origin origin) implements Item {}

    record Granted(long lease, Duration ttl) implements Item {}

    record LeaseEnded(long lease) implements Item {}

    /** The record's server looks after the lease from now on. */
    record Taken(long lease) implements Item {}

    /** The newest revision in it; 0 if there is no commit in it. */
    long newest() {
        long newest = 0;
        for (Item item : items) {
            newest = item instanceof Logged(ChangeBatch batch, var _, var _, var _) ? batch.revision() : newest;
        }
        return newest;
    }

    /** The bytes of a record with these mutations. */
    static byte[] encode(String server, long attempt, List<Mutation> mutations) {
        ByteWriter out = new ByteWriter();
        out.number(WHOLE).text(server).number(attempt).number(mutations.size());
        for (Mutation mutation : mutations) {
            switch (mutation) {
                case Mutation.Changed changed -> encode(changed, out.number(COMMIT));
                case Mutation.Granted(long lease, Duration ttl) ->
                    out.number(GRANTED).number(lease).number(ttl.toMillis());
                case Mutation.Ended(long lease, var _) -> out.number(ENDED).number(lease);
                case Mutation.Noted(var _, String lease) -> out.number(TAKEN).number(Long.parseLong(lease));
            }
        }
        return out.toByteArray();
    }

    private static void encode(Mutation.Changed changed, ByteWriter out) {
        ChangeBatch batch = changed.batch();
        out.number(batch.revision());
        encode(changed.origin(), out);
        WriteId id = changed.id();
        out.number(id == null ? 0 : id.writer());
        if (id != null) {
            out.number(id.number() < 0 ? 1 : 0).number(Math.abs(id.number()));
        }
        out.number(batch.changes().size());
        for (int i = 0; i < batch.changes().size(); i++) {
            Entry previous = changed.previous().get(i);
            encode(batch.changes().get(i), out);
            out.number(previous == null ? 0 : previous.tick());
        }
    }

    /** An origin, or that there is none. */
    static void encode(@Nullable Origin origin, ByteWriter out) {
        out.text(origin == null ? "" : origin.by());
        if (origin != null) {
            out.number(origin.cause());
        }
    }

    /** What there is of an entry but its tick. */
    private static void encode(Entry entry, ByteWriter out) {
        Value value = entry.value();
        out.bytes(entry.path().key());
        out.number(value == null ? 0 : 1);
        if (value != null) {
            out.bytes(value.bytes());
        }
        out.number(entry.lease()).number(entry.created() == entry.tick() ? 0 : entry.created());
    }

    static LogRecord decode(byte[] bytes) {
        ByteReader in = new ByteReader(bytes);
        if (in.number() != WHOLE) {
            throw ByteReader.damaged();
        }
        String server = in.text();
        long attempt = in.number();
        List<Item> items = new ArrayList<>();
        for (int left = in.count(); left > 0; left--) {
            items.add(item(in));
        }
        return new LogRecord(server, attempt, items);
    }

    private static Item item(ByteReader in) {
        return switch ((int) in.number()) {
            case COMMIT -> commit(in);
            case GRANTED -> new Granted(in.number(), Duration.ofMillis(in.number()));
            case ENDED -> new LeaseEnded(in.number());
            case TAKEN -> new Taken(in.number());
            default -> throw ByteReader.damaged();
        };
    }

    private static Logged commit(ByteReader in) {
        long revision = in.number();
        Origin origin = origin(in);
        long writer = in.number();
        WriteId id = writer == 0 ? null : new WriteId(writer, in.number() == 1 ? -in.number() : in.number());
        List<Entry> changes = new ArrayList<>();
        List<Long> replaces = new ArrayList<>();
        for (int left = in.count(); left > 0; left--) {
            changes.add(entry(in, Revision.tick(revision, changes.size())));
            replaces.add(in.number());
        }
        return new Logged(new ChangeBatch(revision, changes), replaces, id, origin);
    }

    static @Nullable Origin origin(ByteReader in) {
        String by = in.text();
        return by.isEmpty() ? null : new Origin(by, in.number());
    }

    private static Entry entry(ByteReader in, long tick) {
        Path path = Path.ofTrustedKey(in.bytes());
        Value value = in.number() == 0 ? null : new Value(in.bytes());
        long lease = in.number();
        long created = in.number();
        return new Entry(path, value, tick, lease, created == 0 ? tick : created);
    }
}
