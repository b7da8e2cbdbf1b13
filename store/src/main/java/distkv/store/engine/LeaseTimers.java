package distkv.store.engine;

import java.time.Duration;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.LongConsumer;

/**
 * When each lease ends unless it is renewed. Renewals only move a number in memory and may come from any thread; that a
 * lease has ended is decided by {@link #end}, once, by whoever deletes its entries.
 */
public final class LeaseTimers {
    private static final Duration SHORTEST = Duration.ofMillis(100);
    private static final Duration LONGEST = Duration.ofDays(1);

    private static final class Lease {
        final long ttl;
        /** Guarded by this object, as is what follows. */
        long deadline;

        boolean ending;
        boolean over;
        /** When it is looked at next. */
        LeaseClock.Alarm alarm = () -> {};

        Lease(long ttl) {
            this.ttl = ttl;
        }
    }

    private final LeaseClock clock;
    private final LongConsumer due;
    private final ConcurrentHashMap<Long, Lease> live = new ConcurrentHashMap<>();

    /** @param due told on the clock's thread which lease is to be ended */
    public LeaseTimers(LeaseClock clock, LongConsumer due) {
        this.clock = clock;
        this.due = due;
    }

    /** Refuses a time to live that is too short or too long. */
    public static void check(Duration ttl) {
        if (ttl.compareTo(SHORTEST) < 0 || ttl.compareTo(LONGEST) > 0) {
            throw new IllegalArgumentException("ttl: " + ttl + " (expected: 100 ms to 1 day)");
        }
    }

    /** From now on the lease lives. */
    public void start(long id, Duration ttl) {
        Lease lease = new Lease(ttl.toNanos());
        lease.deadline = clock.nanos() + lease.ttl;
        live.put(id, lease);
        look(id, lease, lease.deadline);
    }

    private void look(long id, Lease lease, long when) {
        synchronized (lease) {
            if (!lease.over) {
                lease.alarm = clock.at(when, () -> ring(id, lease));
            }
        }
    }

    /** A renewal does not touch the timer: when it rings too early it is set again. */
    private void ring(long id, Lease lease) {
        long deadline;
        synchronized (lease) {
            deadline = lease.deadline;
        }
        if (deadline - clock.nanos() > 0) {
            look(id, lease, deadline);
        } else if (live.containsKey(id)) {
            due.accept(id);
        }
    }

    /** Lets the lease live one more time to live from now. Returns false if it is gone. */
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
     * Decides that the lease ends, after which it cannot be renewed.
     *
     * @param evenIfAlive false: only if it was not renewed in the meantime
     * @return whether its entries are now to be deleted
     */
    public boolean end(long id, boolean evenIfAlive) {
        Lease lease = live.get(id);
        if (lease == null) {
            return false;
        }
        synchronized (lease) {
            if (!lease.ending && !evenIfAlive && lease.deadline - clock.nanos() > 0) {
                look(id, lease, lease.deadline);
                return false;
            }
            lease.ending = true;
            return true;
        }
    }

    /** Its entries are deleted, and nothing of it is left. */
    public void ended(long id) {
        Lease lease = live.remove(id);
        if (lease != null) {
            synchronized (lease) {
                lease.over = true;
                lease.alarm.cancel();
            }
        }
    }

    /** Its entries could not be deleted: tries again after a while. */
    public void notEnded(long id, Duration pause) {
        Lease lease = live.get(id);
        if (lease != null) {
            // It is ending, so its deadline does not matter any more.
            synchronized (lease) {
                lease.alarm = clock.at(clock.nanos() + pause.toNanos(), () -> due.accept(id));
            }
        }
    }
}
