package distkv.store.etcd;

import distkv.store.engine.LeaseClock;
import java.time.Duration;
import java.util.function.Supplier;

/**
 * How a store in etcd is opened.
 *
 * @param address where it is
 * @param tree the name of the tree if it is a new one
 * @param retain how many revisions of history are kept, if they have not more bytes
 * @param retainBytes how many bytes of records are kept at least; of a large tree half as many as it has
 * @param presence for how long a server is taken to be alive that is not heard of; whole seconds
 * @param patience for how long a write without an answer is tried before its outcome is unknown
 * @param isOldAllowed whether versions of etcd may be used that are known to lose leases or events
 * @param clock the time that leases go by
 */
public record EtcdOptions(
        EtcdAddress address,
        String tree,
        long retain,
        long retainBytes,
        Duration presence,
        Duration patience,
        boolean isOldAllowed,
        Supplier<LeaseClock> clock) {
    /** Enough for a watcher that was disconnected for a while. */
    public static final long DEFAULT_RETAIN = 100_000;

    public static final long DEFAULT_RETAIN_BYTES = 32L << 20;

    private static final Duration PRESENCE = Duration.ofSeconds(3);
    private static final Duration PATIENCE = Duration.ofSeconds(5);

    public EtcdOptions {
        if (tree.isEmpty()) {
            throw new IllegalArgumentException("tree: '' (expected: a name)");
        }
        if (retain < 1) {
            throw new IllegalArgumentException("retain: " + retain + " (expected: 1 change or more)");
        }
        if (presence.toSeconds() < 1) {
            throw new IllegalArgumentException("presence: " + presence + " (expected: 1 second or more)");
        }
    }

    public static EtcdOptions of(EtcdAddress address, String tree) {
        return new EtcdOptions(
                address, tree, DEFAULT_RETAIN, DEFAULT_RETAIN_BYTES, PRESENCE, PATIENCE, false, LeaseClock::system);
    }

    public EtcdOptions withRetain(long changes, long bytes) {
        return new EtcdOptions(address, tree, changes, bytes, presence, patience, isOldAllowed, clock);
    }

    public EtcdOptions withPresence(Duration newPresence) {
        return new EtcdOptions(address, tree, retain, retainBytes, newPresence, patience, isOldAllowed, clock);
    }

    public EtcdOptions withPatience(Duration newPatience) {
        return new EtcdOptions(address, tree, retain, retainBytes, presence, newPatience, isOldAllowed, clock);
    }

    public EtcdOptions allowOld(boolean whether) {
        return new EtcdOptions(address, tree, retain, retainBytes, presence, patience, whether, clock);
    }

    public EtcdOptions withClock(Supplier<LeaseClock> newClock) {
        return new EtcdOptions(address, tree, retain, retainBytes, presence, patience, isOldAllowed, newClock);
    }
}
