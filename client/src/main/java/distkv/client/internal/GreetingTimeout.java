package distkv.client.internal;

import java.io.Closeable;
import java.io.IOException;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/** Closes a new connection if its server does not greet in time, so that nobody waits for it any longer. */
public final class GreetingTimeout implements Runnable {
    private final Duration timeout;
    private final Closeable connection;
    private final CountDownLatch greeted = new CountDownLatch(1);
    private volatile boolean over;

    private GreetingTimeout(Duration timeout, Closeable connection) {
        this.timeout = timeout;
        this.connection = connection;
    }

    /** Begins to wait, on a thread of its own. */
    public static GreetingTimeout start(Thread.Builder thread, Duration timeout, Closeable connection) {
        GreetingTimeout started = new GreetingTimeout(timeout, connection);
        thread.start(started);
        return started;
    }

    @Override
    public void run() {
        try {
            if (!greeted.await(timeout.toNanos(), TimeUnit.NANOSECONDS)) {
                over = true;
                connection.close();
            }
        } catch (IOException e) {
            // It is given up in any case.
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /** The server has greeted. */
    public void end() {
        greeted.countDown();
    }

    /** Whether the connection was closed. */
    public boolean isOver() {
        return over;
    }
}
