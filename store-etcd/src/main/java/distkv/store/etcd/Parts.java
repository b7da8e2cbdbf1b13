package distkv.store.etcd;

import com.google.protobuf.ByteString;
import com.google.protobuf.UnsafeByteOperations;
import distkv.store.StoreException;
import io.etcd.jetcd.api.KeyValue;
import io.etcd.jetcd.api.RangeRequest;

/** What is larger than a value in etcd should be: as many values as it takes, each written once and never changed. */
final class Parts {
    /** Well below what etcd takes in one request, 1.5 MiB, since a record travels with its key and a comparison. */
    static final int SIZE = 512 << 10;

    private final EtcdClient client;
    private final Keys keys;

    Parts(EtcdClient client, Keys keys) {
        this.client = client;
        this.keys = keys;
    }

    void put(String of, int number, byte[] bytes) throws EtcdFailure {
        client.put(keys.part(of, number), UnsafeByteOperations.unsafeWrap(bytes));
    }

    /** Writes all parts of something; returns how many there are. */
    int putAll(String of, byte[] whole) throws EtcdFailure {
        int count = 0;
        for (int from = 0; from < whole.length; from += SIZE) {
            ByteString part = UnsafeByteOperations.unsafeWrap(whole, from, Math.min(SIZE, whole.length - from));
            client.put(keys.part(of, count++), part);
        }
        return count;
    }

    /** @param at the revision of etcd at which to read; 0: now */
    byte[] get(String of, int number, long at) throws EtcdFailure {
        var found = client.range(RangeRequest.newBuilder()
                        .setKey(keys.part(of, number))
                        .setRevision(at)
                        .build())
                .getKvsList();
        if (found.isEmpty()) {
            throw new StoreException("part " + number + " of " + of + " is not in etcd any more");
        }
        KeyValue part = found.getFirst();
        return part.getValue().toByteArray();
    }

    void delete(String of) throws EtcdFailure {
        client.delete(keys.part(of, 0), keys.partsEnd(of));
    }
}
