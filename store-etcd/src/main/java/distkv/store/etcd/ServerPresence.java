package distkv.store.etcd;

import com.google.protobuf.ByteString;
import distkv.model.process.VitalThreads;
import io.etcd.jetcd.api.PutRequest;
import io.etcd.jetcd.api.RequestOp;
import io.etcd.jetcd.api.TxnRequest;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.HexFormat;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.locks.LockSupport;

/**
 * Which servers of the tree are alive: each has a key that is bound to a lease of etcd's, which it renews. It counts from
 * when the last renewal that was answered was sent, so this server gives up before others give it up.
 */
final class ServerPresence implements AutoCloseable {
    private static final System.Logger LOG = System.getLogger(ServerPresence.class.getName());

    private final EtcdClient client;
    private final Keys keys;
    private final Duration ttl;
    /** The name of this server: another one after each start. */
    final String server;

    private final Set<String> others = ConcurrentHashMap.newKeySet();
    private final Thread thread;
    private volatile long lease;
    /** When the last renewal was sent that was answered. */
    private volatile long sent;

    private volatile boolean closed;

    ServerPresence(EtcdClient client, Keys keys, Duration ttl) throws EtcdFailure {
        this.client = client;
        this.keys = keys;
        this.ttl = ttl;
        byte[] name = new byte[8];
        new SecureRandom().nextBytes(name);
        this.server = HexFormat.of().formatHex(name);
        appear();
        this.thread = VitalThreads.platform("distkv-etcd", this::renew);
    }

    void start() {
        thread.start();
    }

    private void appear() throws EtcdFailure {
        long begun = System.nanoTime();
        long granted = client.grant(ttl);
        var _ = client.txn(TxnRequest.newBuilder()
                .addSuccess(RequestOp.newBuilder()
                        .setRequestPut(PutRequest.newBuilder()
                                .setKey(keys.server(server))
                                .setValue(ByteString.EMPTY)
                                .setLease(granted)))
                .build());
        lease = granted;
        sent = begun;
    }

    private void renew() {
        boolean wasLive = true;
        while (!closed) {
            LockSupport.parkNanos(ttl.toNanos() / 3);
            if (closed) {
                return;
            }
            try {
                long begun = System.nanoTime();
                if (client.renew(lease)) {
                    sent = begun;
                } else {
                    appear();
                }
            } catch (EtcdFailure e) {
                LOG.log(System.Logger.Level.DEBUG, "the presence of this server was not renewed", e);
            }
            boolean live = isLive();
            if (live != wasLive) {
                LOG.log(
                        System.Logger.Level.WARNING,
                        live
                                ? "etcd answers again"
                                : "etcd has not answered for " + ttl.toSeconds()
                                        + " s: other servers may take over the sessions of this one");
                wasLive = live;
            }
        }
    }

    /** Whether no other server can have taken over yet what this one looks after. */
    boolean isLive() {
        return System.nanoTime() - sent < ttl.toNanos();
    }

    void came(String name) {
        if (!name.equals(server)) {
            others.add(name);
        }
    }

    void went(String name) {
        others.remove(name);
    }

    /** Whether a server, this one or another, may be alive. */
    boolean isThere(String name) {
        return name.equals(server) || others.contains(name);
    }

    /** Other servers notice at once that this one is gone. */
    @Override
    public void close() {
        closed = true;
        LockSupport.unpark(thread);
        VitalThreads.join(thread);
        try {
            client.revoke(lease);
        } catch (EtcdFailure e) {
            LOG.log(System.Logger.Level.DEBUG, "the lease of this server ends by itself", e);
        }
    }
}
