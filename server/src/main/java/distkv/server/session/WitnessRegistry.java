package distkv.server.session;

import distkv.store.StoreException;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.LongConsumer;
import java.util.function.LongSupplier;

/**
 * Which sessions somebody still stands for: connections that have them, and witnesses, who are processes that do
 * something for them on this machine ({@code docs/protocol.md}). A session for which nobody stands any more has a dead
 * holder, and ends before its time. Any thread may call this.
 */
public final class WitnessRegistry {
    private static final System.Logger LOG = System.getLogger(WitnessRegistry.class.getName());

    /**
     * A session whose last witness ended longer ago than this is not ended with its last connection: its holder was alive
     * then, and may have begun other things.
     */
    static final Duration TOGETHER = Duration.ofSeconds(1);

    private static final class Standing {
        int connections;
        int witnesses;
        boolean witnessed;
        /** When the last witness ended, if there was one. */
        long endedAt;
    }

    private final LongConsumer end;
    private final LongSupplier nanos;
    /** Guards what follows. The store's locks are not taken inside. */
    private final ReentrantLock lock = new ReentrantLock();

    private final Map<Long, Standing> sessions = new HashMap<>();
    private boolean closed;

    /**
     * @param end ends a session
     * @param nanos the clock
     */
    public WitnessRegistry(LongConsumer end, LongSupplier nanos) {
        this.end = end;
        this.nanos = nanos;
    }

    /** A connection has this session now. */
    void attached(long session) {
        change(session, standing -> standing.connections++);
    }

    /** A connection that had it has ended, or has it no more. */
    void detached(long session) {
        change(session, standing -> standing.connections--);
    }

    /** Somebody witnesses that the holder lives. */
    void began(long session) {
        change(session, standing -> {
            standing.witnesses++;
            standing.witnessed = true;
        });
    }

    /** A witness is dead. */
    void ended(long session) {
        change(session, standing -> {
            standing.witnesses--;
            standing.endedAt = nanos.getAsLong();
        });
    }

    /** From now on nobody's end means anything, since it is this server that ends. */
    public void close() {
        lock.lock();
        try {
            closed = true;
        } finally {
            lock.unlock();
        }
    }

    private interface Step {
        void on(Standing standing);
    }

    private void change(long session, Step step) {
        boolean isDead;
        lock.lock();
        try {
            Standing standing = sessions.computeIfAbsent(session, _ -> new Standing());
            step.on(standing);
            if (standing.connections > 0 || standing.witnesses > 0) {
                return;
            }
            sessions.remove(session);
            isDead = !closed && standing.witnessed && nanos.getAsLong() - standing.endedAt <= TOGETHER.toNanos();
        } finally {
            lock.unlock();
        }
        if (isDead) {
            LOG.log(System.Logger.Level.INFO, "session {0} ends: its holder is dead", session);
            end(session);
        }
    }

    private void end(long session) {
        try {
            end.accept(session);
        } catch (StoreException e) {
            // The store has stopped; the session ends when its time is over.
            LOG.log(System.Logger.Level.DEBUG, "session not ended", e);
        }
    }
}
