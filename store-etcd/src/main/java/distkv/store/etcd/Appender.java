package distkv.store.etcd;

import com.google.protobuf.ByteString;
import distkv.store.CommitOutcome;
import distkv.store.engine.Mutation;
import io.etcd.jetcd.api.Compare;
import io.etcd.jetcd.api.KeyValue;
import io.etcd.jetcd.api.PutRequest;
import io.etcd.jetcd.api.RequestOp;
import io.etcd.jetcd.api.TxnRequest;
import io.etcd.jetcd.api.TxnResponse;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.locks.LockSupport;

/**
 * Appends records to the log, each only if it is the next one. So a record that may or may not have been appended can be
 * tried again: it is there once, or another one is there in its place.
 */
final class Appender {
    private static final Duration PAUSE = Duration.ofMillis(50);

    /** What became of a record. */
    sealed interface Appended {
        record Done(int bytes) implements Appended {}

        /** Others have appended records meanwhile, which are these, or begin with these. */
        record Overtaken(List<KeyValue> records) implements Appended {}

        record Failed(CommitOutcome outcome, boolean isOut, boolean isFull) implements Appended {}
    }

    private final EtcdClient client;
    private final Keys keys;
    private final LogReader log;
    private final String server;
    private final Duration patience;
    private long attempts;

    Appender(EtcdClient client, Keys keys, LogReader log, String server, Duration patience) {
        this.client = client;
        this.keys = keys;
        this.log = log;
        this.server = server;
        this.patience = patience;
    }

    /** Looks, once, whether the record of that number is the newest. */
    Appended look(long after) {
        try {
            return answer(client.txn(request(after, ByteString.EMPTY)), after, ByteString.EMPTY);
        } catch (EtcdFailure e) {
            return failed(e, e.kind() == EtcdFailure.Meaning.UNREACHABLE, false);
        }
    }

    /** Appends a record after the one of that number; without mutations it only looks whether that is the newest. */
    Appended append(long after, List<Mutation> mutations) {
        return append(after, mutations, mutations.isEmpty());
    }

    /** Appends a record with nothing in it, after which no record that was sent for its place can be appended. */
    Appended fence(long after) {
        return append(after, List.of(), false);
    }

    private Appended append(long after, List<Mutation> mutations, boolean onlyLooks) {
        long end = System.nanoTime() + patience.toNanos();
        ByteString record = ByteString.EMPTY;
        boolean isSent = false;
        boolean wasSent = false;
        while (true) {
            try {
                if (!onlyLooks && record.isEmpty()) {
                    byte[] encoded = LogRecord.encode(server, ++attempts, mutations);
                    record = log.store(encoded, Keys.record(after + 1, server, attempts));
                }
                isSent = !onlyLooks;
                return answer(client.txn(request(after, record)), after, record);
            } catch (EtcdFailure e) {
                boolean isOut = e.kind() == EtcdFailure.Meaning.UNREACHABLE;
                if (!isOut || System.nanoTime() > end) {
                    return failed(e, isOut, wasSent || (isSent && isOut));
                }
                wasSent |= isSent;
                LockSupport.parkNanos(PAUSE.toNanos());
            }
        }
    }

    private static Appended failed(EtcdFailure e, boolean isOut, boolean isSent) {
        String reason = "etcd: " + e.getMessage();
        boolean isFull = e.kind() == EtcdFailure.Meaning.NO_SPACE;
        CommitOutcome outcome = isSent ? new CommitOutcome.Unknown(reason) : new CommitOutcome.Refused(reason);
        return new Appended.Failed(outcome, isOut, isFull);
    }

    private TxnRequest request(long after, ByteString record) {
        TxnRequest.Builder txn = TxnRequest.newBuilder()
                .addCompare(Compare.newBuilder()
                        .setKey(keys.head())
                        .setTarget(Compare.CompareTarget.VALUE)
                        .setResult(Compare.CompareResult.EQUAL)
                        .setValue(number(after)))
                .addFailure(RequestOp.newBuilder().setRequestRange(log.request(after + 1, 0)));
        if (!record.isEmpty()) {
            txn.addSuccess(put(keys.head(), number(after + 1))).addSuccess(put(keys.log(after + 1), record));
        }
        return txn.build();
    }

    private Appended answer(TxnResponse response, long after, ByteString record) {
        if (response.getSucceeded()) {
            return new Appended.Done(record.size());
        }
        List<KeyValue> there = response.getResponses(0).getResponseRange().getKvsList();
        boolean isOurs = !there.isEmpty()
                && !record.isEmpty()
                && there.getFirst().getKey().equals(keys.log(after + 1))
                && there.getFirst().getValue().equals(record);
        return isOurs ? new Appended.Done(record.size()) : new Appended.Overtaken(there);
    }

    private static RequestOp put(ByteString key, ByteString value) {
        return RequestOp.newBuilder()
                .setRequestPut(PutRequest.newBuilder().setKey(key).setValue(value))
                .build();
    }

    /** A number as the head of the log has it. */
    static ByteString number(long number) {
        return ByteString.copyFrom(
                ByteBuffer.allocate(Long.BYTES).putLong(number).flip());
    }
}
