package distkv.client;

import java.time.Duration;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;

/**
 * When a session is to be renewed, and when it may have ended. Its thread waits in {@link #next}; any thread may tell it
 * what has happened.
 */
final class SessionClock {
    /** What the session's thread is to do next. */
    enum Step {
        RENEW,
        DETACHED,
        REATTACHED,
        LOST,
        END
    }

    private final Duration ttl;
    /** Guards the fields below. */
    private final ReentrantLock lock = new ReentrantLock();

    private final Condition changed = lock.newCondition();
    private long deadline;
    private long renewAt;
    private boolean detached;
    private boolean reattached;
    private boolean lost;
    private boolean ended;

    /** @param sentAt when the session was asked for, in {@link System#nanoTime}'s time */
    SessionClock(Duration ttl, long sentAt) {
        this.ttl = ttl;
        this.deadline = sentAt + ttl.toNanos();
        this.renewAt = sentAt + ttl.toNanos() / 3;
    }

    long deadline() {
        lock.lock();
        try {
            return deadline;
        } finally {
            lock.unlock();
        }
    }

    boolean isLost() {
        lock.lock();
        try {
            return lost;
        } finally {
            lock.unlock();
        }
    }

    /** Nothing more is to be done. False if that was so already. */
    boolean end() {
        lock.lock();
        try {
            boolean first = !ended;
            ended = true;
            changed.signalAll();
            return first;
        } finally {
            lock.unlock();
        }
    }

    /**
     * The server has the session, and had it when a request was sent at {@code sentAt}.
     *
     * @param attaching whether {@link #attached} follows once the connection that it was sent over can be used
     */
    void acknowledged(long sentAt, boolean attaching) {
        lock.lock();
        try {
            deadline = Math.max(deadline, sentAt + ttl.toNanos());
            renewAt = Math.max(renewAt, sentAt + ttl.toNanos() / 3);
            reattached |= detached && !attaching;
            changed.signalAll();
        } finally {
            lock.unlock();
        }
    }

    /** A new connection has the session, and can be used. */
    void attached() {
        lock.lock();
        try {
            reattached = true;
            changed.signalAll();
        } finally {
            lock.unlock();
        }
    }

    void lose() {
        lock.lock();
        try {
            lost = true;
            changed.signalAll();
        } finally {
            lock.unlock();
        }
    }

    void renewalFailed() {
        lock.lock();
        try {
            // A new connection attaches, which renews; a server that only refuses is asked again soon.
            renewAt = Math.min(renewAt, System.nanoTime() + ttl.toNanos() / 10);
            changed.signalAll();
        } finally {
            lock.unlock();
        }
    }

    /** Waits for the next thing to do. */
    Step next() throws InterruptedException {
        lock.lockInterruptibly();
        try {
            while (true) {
                if (ended) {
                    return Step.END;
                }
                if (lost) {
                    ended = true;
                    return Step.LOST;
                }
                if (reattached) {
                    reattached = false;
                    detached = false;
                    return Step.REATTACHED;
                }
                long now = System.nanoTime();
                if (!detached && now - deadline >= 0) {
                    detached = true;
                    return Step.DETACHED;
                }
                if (now - renewAt >= 0) {
                    // One that is not answered is not waited for: another way may be free by then.
                    renewAt = now + ttl.toNanos() / 3;
                    return Step.RENEW;
                }
                long wait = detached ? Long.MAX_VALUE : deadline - now;
                var _ = changed.awaitNanos(Math.min(wait, renewAt - now));
            }
        } finally {
            lock.unlock();
        }
    }
}
