package distkv.cli.context;

import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * Ends the process when it misbehaves: when an {@link Error} has ended a thread, or when the process does not stop when
 * told to. systemd restarts it.
 *
 * <p>Everything that is needed then is allocated at the start, since there may be no memory left.
 */
final class FatalErrorHandler implements Thread.UncaughtExceptionHandler {
    /** The exit code, which is also the virtual machine's own when it is out of memory. */
    static final int CODE = 3;

    /** The timeout for printing the reason. */
    private static final int REPORT_SECONDS = 1;

    private final CountDownLatch asked = new CountDownLatch(1);
    private volatile int seconds = REPORT_SECONDS;
    private volatile String reason = "";
    private volatile boolean uninstalled;
    private final Thread.@Nullable UncaughtExceptionHandler before;

    private FatalErrorHandler(Thread.@Nullable UncaughtExceptionHandler before) {
        this.before = before;
    }

    /** From now on, uncaught errors of all threads end the process. */
    static FatalErrorHandler install() {
        FatalErrorHandler installed = new FatalErrorHandler(Thread.getDefaultUncaughtExceptionHandler());
        Thread.ofPlatform().daemon().name("fatal-error-handler").start(installed::await);
        Thread.setDefaultUncaughtExceptionHandler(installed);
        return installed;
    }

    /** Restores the previous handler. */
    void uninstall() {
        Thread.setDefaultUncaughtExceptionHandler(before);
        uninstalled = true;
        asked.countDown();
    }

    /** Ends the process after this many seconds, printing the reason, unless it has ended by itself. */
    void endWithin(int newSeconds, String newReason) {
        seconds = newSeconds;
        reason = newReason;
        asked.countDown();
    }

    private void await() {
        try {
            asked.await();
            if (uninstalled) {
                return;
            }
            TimeUnit.SECONDS.sleep(seconds);
            say(reason);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        Runtime.getRuntime().halt(CODE);
    }

    @Override
    public void uncaughtException(Thread thread, Throwable fault) {
        if (!(fault instanceof Error)) {
            System.err.print("Exception in thread \"" + thread.getName() + "\" ");
            fault.printStackTrace();
            return;
        }
        asked.countDown();
        try {
            fault.printStackTrace();
            say("thread " + thread.getName() + " failed: " + fault);
        } finally {
            Runtime.getRuntime().halt(CODE);
        }
    }

    private static void say(String why) {
        if (!why.isEmpty()) {
            System.err.println("distkv: ended with code " + CODE + ": " + why);
        }
    }
}
