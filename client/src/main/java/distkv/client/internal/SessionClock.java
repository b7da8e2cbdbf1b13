package distkv.client.internal;

import java.time.Duration;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;

/**
 * When a session must be renewed, and when it may have ended. The session's thread waits in {@link #next}; any thread
 * may report events.
 */
public final class SessionClock {
    /** What the session's thread is to do next. */
    public enum Step {
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

    /** @param sentAt when the session was requested, as a time of {@link System#nanoTime} */
    public SessionClock(Duration ttl, long sentAt) {
        this.ttl = ttl;
        this.deadline = sentAt + ttl.toNanos();
        this.renewAt = sentAt + ttl.toNanos() / 3;
    }

    public long deadline() {
        lock.lock();
        try {
            return deadline;
        } finally {
            lock.unlock();
        }
    }

    public boolean isLost() {
        lock.lock();
        try {
            return lost;
        } finally {
            lock.unlock();
        }
    }

    /** Ends the clock. Returns false if it had ended before. */
    public boolean end() {
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
     * The server has acknowledged a request, sent at {@code sentAt}, that renews the session.
     *
     * @param attaching whether {@link #attached} follows once the connection is in use
     */
    public void acknowledged(long sentAt, boolean attaching) {
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

    /** The session is attached to a new connection, which is in use. */
    public void attached() {
        lock.lock();
        try {
            reattached = true;
            changed.signalAll();
        } finally {
            lock.unlock();
        }
    }

    public void lose() {
        lock.lock();
        try {
            lost = true;
            changed.signalAll();
        } finally {
            lock.unlock();
        }
    }

    public void renewalFailed() {
        lock.lock();
        try {
            // Attaching to a new connection renews as well; if the server only refuses, ask again soon.
            renewAt = Math.min(renewAt, System.nanoTime() + ttl.toNanos() / 10);
            changed.signalAll();
        } finally {
            lock.unlock();
        }
    }

    /** Waits for the next thing to do. */
    public Step next() throws InterruptedException {
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
                    // Does not wait for the reply: by then another connection may be free.
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
