package distkv.server;

import static distkv.server.WireClient.path;
import static org.assertj.core.api.Assertions.assertThat;

import distkv.model.process.VitalThreads;
import distkv.testing.ReportedFaults;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Each thread that lives long, and a fault in it: it goes on, or it tells who ends the process. */
@Timeout(60)
class VitalThreadsTest {
    @RegisterExtension
    final ReportedFaults faults = new ReportedFaults();

    @Test
    void aReplicaThatFailsAcknowledgesNothingMore() throws Exception {
        AtomicReference<RuntimeException> planted = new AtomicReference<>();
        HeldBackStore store = new HeldBackStore(() -> () -> {
            if (planted.get() != null) {
                throw planted.get();
            }
        });
        try (ServerFixture fixture = new ServerFixture(ServerFixture.OPTIONS, store)) {
            WireClient wire = fixture.wire();
            assertThat(wire.call("set_value", "path", path("a"), "value", 1)).containsEntry("changed", true);
            planted.set(new IllegalStateException("planted"));
            assertThat(wire.call("set_value", "path", path("a"), "value", 2)).containsEntry("etype", "unknown");
            faults.assertReported("distkv-replica");
            assertThat(wire.call("set_value", "path", path("a"), "value", 3)).containsEntry("etype", "unknown");
        }
    }

    @Test
    void aVirtualThreadThatFailsIsReported() throws Exception {
        Thread thread = VitalThreads.virtual("distkv-reader", () -> {
            throw new IllegalStateException("planted");
        });
        thread.start();
        faults.assertReported("distkv-reader");
    }
}
