package distkv.store.etcd;

import com.google.protobuf.ByteString;
import distkv.model.process.VitalThreads;
import io.etcd.jetcd.api.Compare;
import io.etcd.jetcd.api.PutRequest;
import io.etcd.jetcd.api.RequestOp;
import io.etcd.jetcd.api.TxnRequest;
import io.etcd.jetcd.api.TxnResponse;
import java.util.List;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.function.Supplier;

/**
 * Keeps the log short: when enough has been appended, one server writes a snapshot, and what came before the snapshot
 * before that is dropped. So the history is at least as long as is asked for, and of what is written a constant share is
 * for snapshots, however large the tree is.
 */
final class Snapshots implements AutoCloseable {
    private static final System.Logger LOG = System.getLogger(Snapshots.class.getName());

    private final EtcdClient client;
    private final Keys keys;
    private final Parts parts;
    private final History history;
    private final String server;
    private final long retain;
    private final long retainBytes;
    private final Thread thread = VitalThreads.platform("distkv-snapshot", this::run);
    private final BlockingQueue<LogSnapshot.Contents> next = new ArrayBlockingQueue<>(1);
    /** Guards everything below. */
    private final Object lock = new Object();

    /** The list as it is in etcd. */
    private ByteString listed;

    private List<LogSnapshot> snapshots;
    /** What was appended since the newest of them. */
    private long revisions;

    private long bytes;
    private boolean isBusy;
    private volatile boolean closed;
    /** The revision of etcd that had the newest of them first; what is older than that is not needed for the tree. */
    private long compactable;

    Snapshots(EtcdClient client, Keys keys, History history, String server, EtcdOptions options, ByteString listed) {
        this.client = client;
        this.keys = keys;
        this.parts = new Parts(client, keys);
        this.history = history;
        this.server = server;
        this.retain = options.retain();
        this.retainBytes = options.retainBytes();
        this.listed = listed;
        this.snapshots = LogSnapshot.list(listed);
    }

    void start() {
        thread.start();
    }

    /** Another server, or this one, has written a snapshot. */
    void listed(ByteString list) {
        LogSnapshot oldest;
        synchronized (lock) {
            if (list.equals(listed)) {
                return;
            }
            listed = list;
            snapshots = LogSnapshot.list(list);
            oldest = snapshots.getFirst();
            revisions = 0;
            bytes = 0;
        }
        history.begins(oldest);
    }

    /** A record was appended, by this server or by another one. */
    void added(long moreRevisions, long moreBytes, boolean isOurs, Supplier<LogSnapshot.Contents> contents) {
        synchronized (lock) {
            revisions += moreRevisions;
            bytes += moreBytes;
            // Whoever has appended the record that makes it due writes it; the others only if that one does not.
            int times = isOurs ? 1 : 2;
            long size = snapshots.getLast().bytes();
            boolean isDue = bytes >= times * Math.max(retainBytes, size / 2)
                    || (revisions >= times * retain && bytes >= times * (size / 4));
            if (!isDue || isBusy) {
                return;
            }
            isBusy = true;
            revisions = 0;
            bytes = 0;
        }
        next.add(contents.get());
    }

    private void run() {
        while (!closed) {
            try {
                write(next.take());
            } catch (InterruptedException e) {
                return;
            } catch (EtcdFailure e) {
                System.Logger.Level level = closed ? System.Logger.Level.DEBUG : System.Logger.Level.WARNING;
                LOG.log(level, "no snapshot was written: {0}", e.getMessage());
            } finally {
                synchronized (lock) {
                    isBusy = false;
                }
            }
        }
    }

    private void write(LogSnapshot.Contents contents) throws EtcdFailure {
        ByteString before;
        List<LogSnapshot> known;
        synchronized (lock) {
            before = listed;
            known = snapshots;
        }
        if (known.getLast().number() >= contents.number()) {
            return;
        }
        LogSnapshot written = LogSnapshot.write("s" + contents.number() + "-" + server, contents, parts);
        List<LogSnapshot> after = List.of(known.getLast(), written);
        TxnResponse response = client.txn(replacing(before, LogSnapshot.list(after)));
        if (!response.getSucceeded()) {
            parts.delete(written.name());
            return;
        }
        listed(LogSnapshot.list(after));
        drop(known, after.getFirst());
        compact(response.getHeader().getRevision());
    }

    private TxnRequest replacing(ByteString before, ByteString list) {
        Compare.Builder same = Compare.newBuilder().setKey(keys.snapshots()).setResult(Compare.CompareResult.EQUAL);
        if (before.isEmpty()) {
            same.setTarget(Compare.CompareTarget.CREATE).setCreateRevision(0);
        } else {
            same.setTarget(Compare.CompareTarget.VALUE).setValue(before);
        }
        return TxnRequest.newBuilder()
                .addCompare(same)
                .addSuccess(RequestOp.newBuilder()
                        .setRequestPut(
                                PutRequest.newBuilder().setKey(keys.snapshots()).setValue(list)))
                .build();
    }

    /** Drops what came before the oldest snapshot. */
    private void drop(List<LogSnapshot> known, LogSnapshot oldest) throws EtcdFailure {
        for (LogSnapshot each : known) {
            if (!each.equals(oldest)) {
                parts.delete(each.name());
            }
        }
        client.delete(keys.log(0), keys.log(oldest.number() + 1));
        client.delete(keys.recordParts(0), keys.recordParts(oldest.number() + 1));
    }

    /** Lets etcd forget what was there before the snapshot before this one. */
    private void compact(long now) throws EtcdFailure {
        long revision;
        synchronized (lock) {
            revision = compactable;
            compactable = now;
        }
        if (revision > 0) {
            try {
                client.compact(revision);
            } catch (EtcdFailure e) {
                if (e.kind() != EtcdFailure.Meaning.COMPACTED) {
                    throw e;
                }
                LOG.log(System.Logger.Level.DEBUG, "somebody else has compacted etcd", e);
            }
        }
    }

    @Override
    public void close() {
        closed = true;
        thread.interrupt();
        VitalThreads.join(thread);
    }
}
