package distkv.client;

import java.time.Duration;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * A connection that carries only the renewals of a session, on platform threads, so that neither the client's other
 * traffic nor its virtual threads can delay them. While it is down, renewals use the client's connection only.
 */
final class RenewalConnection implements AutoCloseable {
    private final ClientOptions options;
    /** Guards the fields below. */
    private final ReentrantLock lock = new ReentrantLock();

    private @Nullable Thread thread;
    private @Nullable ServerConnection connection;
    private boolean closed;

    RenewalConnection(ClientOptions options) {
        this.options = options.withPlatformThreads();
    }

    /** The connection; {@code null}: there is none. The first call starts to make it. */
    @Nullable
    ServerConnection connectionOrNull() {
        lock.lock();
        try {
            if (thread == null && !closed) {
                thread = options.thread("lifeline").start(this::keep);
            }
            return connection != null && connection.isUp() ? connection : null;
        } finally {
            lock.unlock();
        }
    }

    private void keep() {
        Duration pause = options.retryFirst();
        try {
            while (!isClosed()) {
                try {
                    ServerConnection opened = ServerConnection.open(options);
                    if (publish(opened)) {
                        pause = options.retryFirst();
                        opened.awaitEnd();
                    }
                } catch (LogInException e) {
                    // The client's connection reports it, and ends.
                    return;
                } catch (ServerConnectionException e) {
                    // The client's connection reports what is wrong with the server.
                }
                Thread.sleep(pause.toMillis() / 2 + ThreadLocalRandom.current().nextLong(pause.toMillis() / 2 + 1));
                Duration longer = pause.multipliedBy(2);
                pause = longer.compareTo(options.retryMost()) < 0 ? longer : options.retryMost();
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private boolean isClosed() {
        lock.lock();
        try {
            return closed;
        } finally {
            lock.unlock();
        }
    }

    private boolean publish(ServerConnection opened) {
        lock.lock();
        try {
            if (!closed) {
                connection = opened;
                return true;
            }
        } finally {
            lock.unlock();
        }
        opened.close("the session is over");
        return false;
    }

    @Override
    public void close() {
        ServerConnection last;
        Thread keeper;
        lock.lock();
        try {
            closed = true;
            last = connection;
            keeper = thread;
            connection = null;
        } finally {
            lock.unlock();
        }
        if (keeper != null) {
            keeper.interrupt();
        }
        if (last != null) {
            last.close("the session is over");
        }
    }
}
