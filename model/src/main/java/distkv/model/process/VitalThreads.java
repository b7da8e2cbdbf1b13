package distkv.model.process;

/**
 * Threads that a process cannot do without: if it continued after one of them failed, it would acknowledge what it cannot
 * do, or wait forever. So such a failure is never silent: it goes as an {@link Error} to the thread's
 * {@linkplain Thread.UncaughtExceptionHandler handler of uncaught exceptions}, where the owner of the process ends it.
 */
public final class VitalThreads {
    private VitalThreads() {}

    /** A platform daemon thread for such work, not started. */
    public static Thread platform(String name, Runnable work) {
        return Thread.ofPlatform().daemon().name(name).unstarted(() -> run(work));
    }

    /** A virtual thread for such work, not started. */
    public static Thread virtual(String name, Runnable work) {
        return Thread.ofVirtual().name(name).unstarted(() -> run(work));
    }

    /** Does such work on this thread, which is used for other things afterwards. */
    public static void run(Runnable work) {
        try {
            work.run();
        } catch (RuntimeException | Error e) {
            report(e);
        }
    }

    /** Waits until a thread has ended, even if this one is interrupted meanwhile, which it still is afterwards. */
    public static void join(Thread thread) {
        boolean interrupted = false;
        while (thread.isAlive()) {
            try {
                thread.join();
            } catch (InterruptedException e) {
                interrupted = true;
            }
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
    }

    /** Reports a failure that the process must not survive. */
    public static void report(Throwable fault) {
        Thread thread = Thread.currentThread();
        Error error = fault instanceof Error itself ? itself : new VitalThreadError(thread.getName(), fault);
        thread.getUncaughtExceptionHandler().uncaughtException(thread, error);
    }
}
