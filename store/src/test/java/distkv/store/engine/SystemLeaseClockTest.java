package distkv.store.engine;

import static org.assertj.core.api.Assertions.assertThat;

import distkv.model.process.VitalThreadError;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(30)
class SystemLeaseClockTest {
    private final SystemLeaseClock clock = new SystemLeaseClock();

    @AfterEach
    void close() {
        clock.close();
    }

    @Test
    void whatIsCancelledIsForgotten() {
        LeaseClock.Alarm alarm = clock.at(clock.nanos() + Duration.ofDays(1).toNanos(), () -> {});
        assertThat(clock.waiting()).isEqualTo(1);
        alarm.cancel();
        assertThat(clock.waiting()).isZero();
    }

    @Test
    void aTaskThatFailsIsReportedAndTheNextOnesRun() throws Exception {
        CompletableFuture<Throwable> reported = new CompletableFuture<>();
        CompletableFuture<Boolean> next = new CompletableFuture<>();
        clock.at(clock.nanos(), () -> {
            Thread.currentThread().setUncaughtExceptionHandler((thread, fault) -> reported.complete(fault));
            throw new IllegalStateException("planted");
        });
        clock.at(clock.nanos(), () -> next.complete(true));
        assertThat(reported.get(20, TimeUnit.SECONDS))
                .isInstanceOf(VitalThreadError.class)
                .hasMessageContainingAll("distkv-leases", "planted");
        assertThat(next.get(20, TimeUnit.SECONDS)).isTrue();
    }
}
