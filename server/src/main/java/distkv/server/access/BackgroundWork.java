package distkv.server.access;

import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.function.Supplier;

/** Computes what takes long on a platform thread of its own: connections do not lose a carrier of virtual threads to it. */
final class BackgroundWork {
    private BackgroundWork() {}

    /** The result of this work; waits for it. */
    static <T> T call(String thread, Supplier<T> work) {
        try {
            return CompletableFuture.supplyAsync(
                            work,
                            task -> Thread.ofPlatform().daemon().name(thread).start(task))
                    .join();
        } catch (CompletionException e) {
            switch (e.getCause()) {
                case Error fault -> throw fault;
                case RuntimeException fault -> throw fault;
                case null, default -> throw e;
            }
        }
    }
}
