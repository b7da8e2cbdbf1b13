package distkv.server.session;

import distkv.store.StoreException;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Consumer;
import java.util.function.LongConsumer;
import java.util.function.LongSupplier;

/**
 * Counts the connections and the witnesses of each session. A witness is a connection from a process on this machine that
 * works for the session's holder ({@code docs/protocol.md}). A session that has lost all of them has a dead holder, and
 * ends before its time.
 */
public final class WitnessRegistry {
    private static final System.Logger LOG = System.getLogger(WitnessRegistry.class.getName());

    /**
     * A session whose last witness ended longer ago than this does not end with its last connection: the holder was alive
     * after that, and may have started other work.
     */
    static final Duration TOGETHER = Duration.ofSeconds(1);

    private static final class Holder {
        int connections;
        int witnesses;
        boolean witnessed;
        /** When the last witness ended, if there was one. */
        long endedAt;
    }

    private final LongConsumer end;
    private final LongSupplier nanos;
    /** Guards everything below. The store's locks are not taken while it is held. */
    private final ReentrantLock lock = new ReentrantLock();

    private final Map<Long, Holder> sessions = new HashMap<>();
    private boolean closed;

    /**
     * @param end ends a session
     * @param nanos the clock
     */
    public WitnessRegistry(LongConsumer end, LongSupplier nanos) {
        this.end = end;
        this.nanos = nanos;
    }

    /** A connection has taken up this session. */
    void attached(long session) {
        change(session, holder -> holder.connections++);
    }

    /** A connection has ended or has left this session. */
    void detached(long session) {
        change(session, holder -> holder.connections--);
    }

    /** A witness has connected. */
    void began(long session) {
        change(session, holder -> {
            holder.witnesses++;
            holder.witnessed = true;
        });
    }

    /** A witness has died. */
    void ended(long session) {
        change(session, holder -> {
            holder.witnesses--;
            holder.endedAt = nanos.getAsLong();
        });
    }

    /** From now on the end of a connection or a witness means nothing, since the server itself is stopping. */
    public void close() {
        lock.lock();
        try {
            closed = true;
        } finally {
            lock.unlock();
        }
    }

    private void change(long session, Consumer<Holder> change) {
        boolean isDead;
        lock.lock();
        try {
            Holder holder = sessions.computeIfAbsent(session, _ -> new Holder());
            change.accept(holder);
            if (holder.connections > 0 || holder.witnesses > 0) {
                return;
            }
            sessions.remove(session);
            isDead = !closed && holder.witnessed && nanos.getAsLong() - holder.endedAt <= TOGETHER.toNanos();
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
            // The store has stopped; the session ends when its time to live is over.
            LOG.log(System.Logger.Level.DEBUG, "session not ended", e);
        }
    }
}
