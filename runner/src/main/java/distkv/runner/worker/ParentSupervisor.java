package distkv.runner.worker;

import java.util.ArrayList;
import java.util.List;
import java.util.function.DoubleSupplier;
import org.jspecify.annotations.Nullable;

/**
 * Keeps the parent process of the workers running. Messages wait until the parent has started. A parent that dies is
 * started again, after a pause that grows if it did not live long.
 */
final class ParentSupervisor {
    private static final double FIRST_PAUSE = 0.1;
    private static final double LONGEST_PAUSE = 10;
    /** A parent that lived this long, in seconds, did not die of how it was started. */
    private static final double STABLE = 60;

    private final WorkerHost host;
    private final PoolListener listener;
    private final DoubleSupplier clock;
    private final List<ToWorker> waiting = new ArrayList<>();
    private @Nullable WorkerConnection connection;
    private ToWorker.@Nullable Vouch vouch;
    private boolean closing;
    private double startedAt;
    private double pause = FIRST_PAUSE;
    private double startAt = Double.POSITIVE_INFINITY;

    ParentSupervisor(WorkerHost host, PoolListener listener, DoubleSupplier clock) {
        this.host = host;
        this.listener = listener;
        this.clock = clock;
    }

    void start() {
        startAt = Double.POSITIVE_INFINITY;
        startedAt = clock.getAsDouble();
        host.startParent();
    }

    /** Whether the parent has died and is not started again yet. */
    boolean isDown() {
        return startAt != Double.POSITIVE_INFINITY;
    }

    void connected(WorkerConnection newConnection) {
        if (connection != null) {
            newConnection.close(); // a worker's code that pretends to be the parent
            return;
        }
        connection = newConnection;
        if (vouch != null) {
            newConnection.send(vouch);
        }
        waiting.forEach(newConnection::send);
        waiting.clear();
    }

    /**
     * Has this parent and all later ones witness for a session before they fork. Returns whether the parent may have
     * forked already.
     */
    boolean vouch(ToWorker.Vouch newVouch) {
        vouch = newVouch;
        if (connection == null) {
            return false;
        }
        send(newVouch);
        return true;
    }

    void send(ToWorker message) {
        WorkerConnection to = connection;
        if (to == null) {
            waiting.add(message);
        } else if (!to.send(message)) {
            // A parent that does not read is as good as dead: closing its connection ends it.
            to.close();
        }
    }

    /** Takes note of a closed connection. Returns whether it was the parent's. */
    boolean closed(WorkerConnection ended) {
        if (ended != connection) {
            return false;
        }
        connection = null;
        return true;
    }

    void ended(String how) {
        connection = null;
        waiting.clear();
        if (closing) {
            return;
        }
        double now = clock.getAsDouble();
        pause = now - startedAt > STABLE ? FIRST_PAUSE : Math.min(LONGEST_PAUSE, 2 * pause);
        startAt = now + pause;
        listener.trouble(how + "; starting it again in " + pause + " s");
    }

    /** Starts the parent again if it is time to; returns whether it did. */
    boolean run() {
        if (clock.getAsDouble() < startAt) {
            return false;
        }
        start();
        return true;
    }

    double next() {
        return startAt;
    }

    void close() {
        closing = true;
        startAt = Double.POSITIVE_INFINITY;
        WorkerConnection to = connection;
        if (to != null) {
            to.close();
        }
    }
}
