package distkv.server.session;

import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.function.Supplier;

/**
 * Does what takes long, one piece after another, on a thread of its own, {@code distkv-work}: virtual threads share as
 * many threads as there are processors, and all connections need these. One at a time also bounds the memory that it takes.
 */
public final class CpuBoundExecutor implements AutoCloseable {
    /** To compare values of more bytes than this takes long. */
    private static final int LONG = 16 * 1024;

    private final ExecutorService thread = Executors.newSingleThreadExecutor(
            Thread.ofPlatform().daemon().name("distkv-work").factory());

    /** Whether it takes long to compare values of so many bytes. */
    static boolean isLong(long bytes) {
        return bytes > LONG;
    }

    /** Waits for a piece of work, and returns what comes of it; not to be called where nobody may wait. */
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

    /** Takes nothing more; what is under way is still done. */
    @Override
    public void close() {
        thread.shutdown();
    }
}
