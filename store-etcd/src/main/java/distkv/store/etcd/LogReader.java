package distkv.store.etcd;

import com.google.protobuf.ByteString;
import distkv.store.StoreException;
import io.etcd.jetcd.api.KeyValue;
import io.etcd.jetcd.api.RangeRequest;
import java.util.ArrayList;
import java.util.List;

/** Reads records of the log. */
final class LogReader {
    /** How many records are read at once; each has up to a megabyte. */
    static final int MANY = 32;

    /** The first byte of a record whose parts are elsewhere. */
    private static final int IN_PARTS = 2;

    private final EtcdClient client;
    private final Keys keys;
    private final Parts parts;

    LogReader(EtcdClient client, Keys keys) {
        this.client = client;
        this.keys = keys;
        this.parts = new Parts(client, keys);
    }

    /** A record by its number. */
    record Numbered(long number, LogRecord record, int bytes) {}

    /** What asks for the records from that number on, up to {@value #MANY}. */
    RangeRequest request(long from, long at) {
        return RangeRequest.newBuilder()
                .setKey(keys.log(from))
                .setRangeEnd(keys.log(Long.MAX_VALUE))
                .setLimit(MANY)
                .setRevision(at)
                .build();
    }

    /** The records from a number on, as many as there are, up to {@value #MANY}. */
    List<Numbered> read(long from, long at) throws EtcdFailure {
        return records(client.range(request(from, at)).getKvsList());
    }

    List<Numbered> records(List<KeyValue> found) throws EtcdFailure {
        List<Numbered> records = new ArrayList<>();
        for (KeyValue each : found) {
            records.add(record(keys.number(each.getKey()), each.getValue().toByteArray()));
        }
        return records;
    }

    Numbered record(long number, byte[] stored) throws EtcdFailure {
        if (stored.length == 0 || stored[0] != IN_PARTS) {
            return new Numbered(number, LogRecord.decode(stored), stored.length);
        }
        ByteReader in = new ByteReader(stored);
        in.number();
        String name = in.text();
        ByteWriter whole = new ByteWriter();
        for (int part = 0, count = in.count(); part < count; part++) {
            whole.raw(parts.get(name, part, 0));
        }
        return new Numbered(number, LogRecord.decode(whole.toByteArray()), whole.size());
    }

    /** What to store for a record: the record, or where its parts are, which are there then. */
    ByteString store(byte[] record, String name) throws EtcdFailure {
        if (record.length <= Parts.SIZE) {
            return ByteString.copyFrom(record);
        }
        int count = parts.putAll(name, record);
        return ByteString.copyFrom(
                new ByteWriter().number(IN_PARTS).text(name).number(count).toByteArray());
    }

    /** The name under which the parts of a record are; "" if it is whole. */
    static String partsOf(byte[] stored) {
        if (stored.length == 0 || stored[0] != IN_PARTS) {
            return "";
        }
        ByteReader in = new ByteReader(stored);
        in.number();
        return in.text();
    }

    /** A record is not where it must be. */
    static StoreException missing(long number) {
        return new StoreException("record " + number
                + " of the log is not in etcd any more: this server was cut off for too long (restart it)");
    }
}
