package distkv.server.access;

import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandle;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.function.Supplier;

/**
 * Computes what takes long on a platform thread of its own, which gets little more than the processor time that others
 * leave: connections neither lose a carrier of virtual threads to it, nor their turn.
 */
final class BackgroundWork {
    private static final System.Logger LOG = System.getLogger(BackgroundWork.class.getName());

    /** A tenth of the share of other threads, so that it goes on where they never pause. */
    private static final int NICE = 10;

    /** {@code setpriority(PRIO_PROCESS, 0, …)}, which on Linux is about the calling thread. */
    private static final int PRIO_PROCESS = 0;

    private BackgroundWork() {}

    /** The result of this work; waits for it. */
    static <T> T call(String thread, Supplier<T> work) {
        try {
            return CompletableFuture.supplyAsync(work, task -> start(thread, task))
                    .join();
        } catch (CompletionException e) {
            switch (e.getCause()) {
                case Error fault -> throw fault;
                case RuntimeException fault -> throw fault;
                case null, default -> throw e;
            }
        }
    }

    private static void start(String thread, Runnable task) {
        Thread.ofPlatform().daemon().name(thread).start(() -> {
            yieldToOthers();
            task.run();
        });
    }

    /** As far as the system permits it: without, the work is the same. */
    private static void yieldToOthers() {
        try {
            int _ = (int) Priority.SET.invokeExact(PRIO_PROCESS, 0, NICE);
        } catch (Throwable e) {
            LOG.log(System.Logger.Level.DEBUG, "no lower priority", e);
        }
    }

    /** Linked at the first use. */
    @SuppressWarnings("restricted")
    private static final class Priority {
        static final MethodHandle SET = Linker.nativeLinker()
                .downcallHandle(
                        Linker.nativeLinker().defaultLookup().findOrThrow("setpriority"),
                        FunctionDescriptor.of(
                                ValueLayout.JAVA_INT,
                                ValueLayout.JAVA_INT,
                                ValueLayout.JAVA_INT,
                                ValueLayout.JAVA_INT));
    }
}
