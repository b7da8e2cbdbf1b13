package distkv.cli.context;

import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * Ends the process when it would only be half of what it should be: when an {@link Error} has reached the end of a
 * thread, or when it does not stop as it was told to. Who started it starts it again: systemd does, by our units.
 *
 * <p>What is needed then is there from the beginning, as there may be no memory left for anything.
 */
final class FatalErrorHandler implements Thread.UncaughtExceptionHandler {
    /** The exit code; the virtual machine's own for memory that is used up. */
    static final int CODE = 3;

    /** How long the reason may take to be said. */
    private static final int LAST_WORDS_SECONDS = 1;

    private final CountDownLatch asked = new CountDownLatch(1);
    private volatile int seconds = LAST_WORDS_SECONDS;
    private volatile String reason = "";
    private volatile boolean uninstalled;
    private final Thread.@Nullable UncaughtExceptionHandler before;

    private FatalErrorHandler(Thread.@Nullable UncaughtExceptionHandler before) {
        this.before = before;
    }

    /** From now on, uncaught errors of all threads end the process. */
    static FatalErrorHandler install() {
        FatalErrorHandler installed = new FatalErrorHandler(Thread.getDefaultUncaughtExceptionHandler());
        Thread.ofPlatform().daemon().name("last resort").start(installed::await);
        Thread.setDefaultUncaughtExceptionHandler(installed);
        return installed;
    }

    /** The process goes on without what needed this. */
    void uninstall() {
        Thread.setDefaultUncaughtExceptionHandler(before);
        uninstalled = true;
        asked.countDown();
    }

    /** Ends the process in so many seconds, for a reason that is said then, unless it has ended by itself. */
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
