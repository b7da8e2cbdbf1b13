package distkv.testing;

import static org.assertj.core.api.Assertions.assertThat;

import distkv.model.process.VitalThreadError;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.extension.AfterEachCallback;
import org.junit.jupiter.api.extension.BeforeEachCallback;
import org.junit.jupiter.api.extension.ExtensionContext;

/** Catches the errors that would end the process. */
public final class ReportedFaults implements BeforeEachCallback, AfterEachCallback {
    private final CompletableFuture<Throwable> reported = new CompletableFuture<>();
    private Thread.@Nullable UncaughtExceptionHandler before;

    @Override
    public void beforeEach(ExtensionContext context) {
        before = Thread.getDefaultUncaughtExceptionHandler();
        Thread.setDefaultUncaughtExceptionHandler((thread, fault) -> reported.complete(fault));
    }

    @Override
    public void afterEach(ExtensionContext context) {
        Thread.setDefaultUncaughtExceptionHandler(before);
    }

    /** The first error, completed when there is one. */
    public CompletableFuture<Throwable> reported() {
        return reported;
    }

    /** Waits for an error that a test has planted on this thread. */
    public void assertReported(String thread) throws Exception {
        assertThat(reported.get(20, TimeUnit.SECONDS))
                .isInstanceOf(VitalThreadError.class)
                .hasMessageContainingAll(thread, "planted");
    }
}
