package distkv.cli.context;

import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/**
 * The lifetime of a server or runner: until a signal stops the process. The process then waits until this is closed, so
 * open it first and close it last, and ends with exit code 0. The {@link FatalErrorHandler} ends it if a thread that it
 * needs fails, or if this is not closed within {@value #TIMEOUT_SECONDS} seconds of the signal.
 */
public final class ProcessLifetime implements AutoCloseable {
    /** Less than the timeout of our systemd units, so that the reason is printed. */
    static final int TIMEOUT_SECONDS = 15;

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

    /** Waits for the signal until the timeout; returns whether it came. */
    public boolean await(Duration timeout) throws InterruptedException {
        return asked.await(timeout.toNanos(), TimeUnit.NANOSECONDS);
    }

    /** Ends the wait, as a signal does. */
    public void end() {
        asked.countDown();
    }

    private void stop() {
        asked.countDown();
        lastResort.endWithin(
                TIMEOUT_SECONDS,
                "not done " + TIMEOUT_SECONDS + " s after the signal to stop; nothing that was acknowledged is lost");
        try {
            done.await();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        // A JVM that records what it loads, for the start-up cache, needs an orderly exit.
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
