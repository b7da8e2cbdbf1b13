package distkv.runner.worker;

import static org.assertj.core.api.Assertions.assertThat;

import distkv.protocol.Values;
import distkv.testing.ReportedFaults;
import java.io.IOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.util.List;
import java.util.Map;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The threads that listen to parent and workers: a fault of the runner is reported, a worker's nonsense is its own end. */
@Timeout(60)
class WorkerThreadsTest {
    private static final PythonCommand NONE = new PythonCommand(List.of("false"), Map.of());

    @RegisterExtension
    final ReportedFaults faults = new ReportedFaults();

    private final BlockingQueue<WorkerEvent> events = new LinkedBlockingQueue<>();

    private static void fail(WorkerEvent event) {
        throw new IllegalStateException("planted");
    }

    private static SocketChannel connect(WorkerHost host) throws IOException {
        SocketChannel channel = SocketChannel.open(StandardProtocolFamily.UNIX);
        channel.connect(UnixDomainSocketAddress.of(host.socket()));
        return channel;
    }

    @Test
    void aFaultOfTheThreadThatWaitsForTheParentIsReported() throws Exception {
        try (WorkerHost host = WorkerHost.open(NONE, WorkerThreadsTest::fail, line -> true)) {
            host.startParent();
            faults.assertReported("worker parent");
        }
    }

    @Test
    void aFaultOfTheThreadThatReadsAWorkerIsReported() throws Exception {
        try (WorkerHost host = WorkerHost.open(NONE, WorkerThreadsTest::fail, line -> true);
                SocketChannel worker = connect(host)) {
            worker.shutdownOutput();
            faults.assertReported("worker reader");
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"c1", "80", "81a26f70a473746172", "ffffffffffffffff", "81a26f70a7737461727465", "dbffffffff"})
    void whateverAWorkerSendsEndsItsConnectionAtMost(String hex) throws Exception {
        try (WorkerHost host = WorkerHost.open(NONE, events::add, line -> true);
                SocketChannel worker = connect(host)) {
            worker.write(ByteBuffer.wrap(java.util.HexFormat.of().parseHex(hex)));
            worker.shutdownOutput();
            assertThat(events.poll(20, TimeUnit.SECONDS)).isInstanceOf(WorkerEvent.Closed.class);
        }
        assertThat(faults.reported()).isNotDone();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "parent",
                "forked",
                "exited",
                "worker",
                "started",
                "imported",
                "setup",
                "error",
                "log",
                "done",
                "failed",
                "refused"
            })
    void aMessageWhoseFieldsMakeNoSenseIsRefusedAsSuch(String op) {
        for (Object nonsense : new Object[] {true, -1L, 1.5, "x", List.of(1L), Map.of("a", 1L)}) {
            Map<String, Object> message = new java.util.HashMap<>();
            for (String field : List.of(
                    "worker",
                    "pid",
                    "run",
                    "path",
                    "version",
                    "kind",
                    "data",
                    "severity",
                    "level",
                    "at",
                    "result",
                    "message",
                    "type",
                    "line",
                    "limit",
                    "stuck",
                    "signal",
                    "status")) {
                message.put(field, nonsense);
            }
            message.put("op", op);
            try {
                FromWorker.read(Values.encode(message));
            } catch (IllegalArgumentException e) {
                assertThat(e).hasMessageContaining("expected: ");
            }
        }
    }
}
