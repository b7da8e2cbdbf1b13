package distkv.server.request;

import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.function.Supplier;

/**
 * Runs CPU-bound work, one piece at a time, on the thread {@code distkv-work}. Virtual threads share as many carrier
 * threads as there are processors, and all connections need those. One piece at a time also bounds the memory for it.
 */
public final class CpuBoundExecutor implements AutoCloseable {
    /** Values of more bytes than this take long to compare. */
    private static final int LARGE = 16 * 1024;

    private final ExecutorService thread = Executors.newSingleThreadExecutor(
            Thread.ofPlatform().daemon().name("distkv-work").factory());

    /** Whether values of this many bytes take long to compare. */
    static boolean isLarge(long bytes) {
        return bytes > LARGE;
    }

    /** Runs a piece of work, waits for it and returns its result. */
    <T> T call(Supplier<T> work) {
        try {
            return CompletableFuture.supplyAsync(work, thread).join();
        } catch (CompletionException e) {
            switch (e.getCause()) {
                case Error fault -> throw fault;
                case RuntimeException fault -> throw fault;
                case null, default -> throw e;
            }
        }
    }

    /** Takes no more work; what is queued is still done. */
    @Override
    public void close() {
        thread.shutdown();
    }
}
