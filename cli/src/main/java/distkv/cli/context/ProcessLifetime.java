package distkv.cli.context;

import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/**
 * How long a server or runner lives: until somebody stops the process by signal. The process then waits until this is
 * closed, so open it first and close it last; it ends with exit code 0, since it did what it was asked for. It ends by
 * its {@link FatalErrorHandler} if a thread fails that it needs, or if this is not closed within {@value #PATIENCE_SECONDS}
 * seconds of the signal.
 */
public final class ProcessLifetime implements AutoCloseable {
    /** Less than systemd waits by our units, so that it is said what went wrong. */
    static final int PATIENCE_SECONDS = 15;

    private final FatalErrorHandler lastResort = FatalErrorHandler.install();
    private final CountDownLatch asked = new CountDownLatch(1);
    private final CountDownLatch done = new CountDownLatch(1);
    private final Thread hook = new Thread(this::stop, "stop");

    public ProcessLifetime() {
        Runtime.getRuntime().addShutdownHook(hook);
    }

    /** Waits for the signal. */
    public void await() throws InterruptedException {
        asked.await();
    }

    /** Waits for it, but not for longer than that; returns whether it came. */
    public boolean await(Duration patience) throws InterruptedException {
        return asked.await(patience.toNanos(), TimeUnit.NANOSECONDS);
    }

    private void stop() {
        asked.countDown();
        lastResort.endWithin(
                PATIENCE_SECONDS,
                "not done " + PATIENCE_SECONDS + " s after the signal to stop; nothing that was acknowledged is lost");
        try {
            done.await();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        // A JVM that records what it loads, for the start-up cache, does so at an orderly exit only.
        if (System.getProperty("distkv.rehearsal") == null) {
            Runtime.getRuntime().halt(0);
        }
    }

    @Override
    public void close() {
        done.countDown();
        try {
            Runtime.getRuntime().removeShutdownHook(hook);
        } catch (IllegalStateException e) {
            // The process is being stopped; the hook ends it.
            return;
        }
        lastResort.uninstall();
    }
}
