package distkv.model.process;

/**
 * Work without which a process would be half of what it should be: one that goes on after a fault in it acknowledges
 * what it cannot do, or waits for ever. So no fault ends such work in silence: it goes as an {@link Error} to the
 * thread's {@linkplain Thread.UncaughtExceptionHandler handler of uncaught exceptions}, where who owns the process ends
 * it.
 */
public final class VitalThreads {
    private VitalThreads() {}

    /** A daemon thread of the platform, not started, that does such work. */
    public static Thread platform(String name, Runnable work) {
        return Thread.ofPlatform().daemon().name(name).unstarted(() -> run(work));
    }

    /** A virtual thread, not started, that does such work. */
    public static Thread virtual(String name, Runnable work) {
        return Thread.ofVirtual().name(name).unstarted(() -> run(work));
    }

    /** Does such work on this thread, which something else goes on to use. */
    public static void run(Runnable work) {
        try {
            work.run();
        } catch (RuntimeException | Error e) {
            report(e);
        }
    }

    /** Reports what must not go on. */
    public static void report(Throwable fault) {
        Thread thread = Thread.currentThread();
        Error error = fault instanceof Error itself ? itself : new VitalThreadError(thread.getName(), fault);
        thread.getUncaughtExceptionHandler().uncaughtException(thread, error);
    }
}
