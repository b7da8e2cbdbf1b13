package distkv.store.engine;

import java.time.Duration;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.LongConsumer;

/**
 * When each lease expires unless it is renewed. A renewal only changes a number in memory. Whoever deletes the entries of
 * a lease calls {@link #end} first, which decides once and for all that the lease has ended.
 */
public final class LeaseTimers {
    private static final Duration SHORTEST = Duration.ofMillis(100);
    private static final Duration LONGEST = Duration.ofDays(1);

    private static final class Lease {
        final long ttl;
        /** Guarded by this object, like everything below. */
        long deadline;

        boolean ending;
        boolean over;
        /** The next check. */
        LeaseClock.Alarm alarm = () -> {};

        Lease(long ttl) {
            this.ttl = ttl;
        }
    }

    private final LeaseClock clock;
    private final LongConsumer due;
    private final ConcurrentHashMap<Long, Lease> live = new ConcurrentHashMap<>();

    /** @param due called on the clock's thread with a lease that has expired */
    public LeaseTimers(LeaseClock clock, LongConsumer due) {
        this.clock = clock;
        this.due = due;
    }

    /** Refuses a time to live that is out of range. */
    public static void check(Duration ttl) {
        if (ttl.compareTo(SHORTEST) < 0 || ttl.compareTo(LONGEST) > 0) {
            throw new IllegalArgumentException("ttl: " + ttl + " (expected: 100 ms to 1 day)");
        }
    }

    /** Starts the timer of a lease. */
    public void start(long id, Duration ttl) {
        Lease lease = new Lease(ttl.toNanos());
        lease.deadline = clock.nanos() + lease.ttl;
        live.put(id, lease);
        schedule(id, lease, lease.deadline);
    }

    private void schedule(long id, Lease lease, long when) {
        synchronized (lease) {
            if (!lease.over) {
                lease.alarm = clock.at(when, () -> fire(id, lease));
            }
        }
    }

    /** A renewal leaves the timer alone: one that fires too early is scheduled again. */
    private void fire(long id, Lease lease) {
        long deadline;
        synchronized (lease) {
            deadline = lease.deadline;
        }
        if (deadline - clock.nanos() > 0) {
            schedule(id, lease, deadline);
        } else if (live.containsKey(id)) {
            due.accept(id);
        }
    }

    /** Extends the lease by its time to live from now; false if it has ended. */
    public boolean renew(long id) {
        Lease lease = live.get(id);
        if (lease == null) {
            return false;
        }
        synchronized (lease) {
            if (lease.ending) {
                return false;
            }
            lease.deadline = clock.nanos() + lease.ttl;
            return true;
        }
    }

    /**
     * Decides that the lease ends; from then on it cannot be renewed.
     *
     * @param evenIfAlive false: only if it was not renewed in the meantime
     * @return whether its entries are to be deleted now
     */
    public boolean end(long id, boolean evenIfAlive) {
        Lease lease = live.get(id);
        if (lease == null) {
            return false;
        }
        synchronized (lease) {
            if (!lease.ending && !evenIfAlive && lease.deadline - clock.nanos() > 0) {
                schedule(id, lease, lease.deadline);
                return false;
            }
            lease.ending = true;
            return true;
        }
    }

    /** The entries of the lease are deleted: forgets it. */
    public void ended(long id) {
        Lease lease = live.remove(id);
        if (lease != null) {
            synchronized (lease) {
                lease.over = true;
                lease.alarm.cancel();
            }
        }
    }

    /** The entries of the lease could not be deleted: tries again after a pause. */
    public void notEnded(long id, Duration pause) {
        Lease lease = live.get(id);
        if (lease != null) {
            // It is ending, so its deadline no longer matters.
            synchronized (lease) {
                lease.alarm = clock.at(clock.nanos() + pause.toNanos(), () -> due.accept(id));
            }
        }
    }
}
