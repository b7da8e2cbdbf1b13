package distkv.worker;

import static org.assertj.core.api.Assertions.assertThat;

import distkv.model.Path;
import distkv.protocol.Frame;
import distkv.protocol.FrameLimits;
import distkv.protocol.FrameReader;
import distkv.protocol.Values;
import java.io.IOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.Channels;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** The worker, driven by the messages of a runner. */
@Timeout(60)
class JavaWorkerTest {
    private static final Path HIGH = Path.of("own", "High");
    private static final Path LOW = Path.of("own", "Low");
    private static final String USES_HIGH = "import own.High; long run() { return High.X; }";

    @TempDir
    private java.nio.file.Path directory;

    private SocketChannel runner;
    private FrameReader replies;
    private JavaWorker worker;

    @BeforeEach
    void connect() throws IOException {
        java.nio.file.Path socket = directory.resolve("socket");
        try (ServerSocketChannel listener = ServerSocketChannel.open(StandardProtocolFamily.UNIX)) {
            listener.bind(UnixDomainSocketAddress.of(socket));
            worker = new JavaWorker(RunnerConnection.over(SocketChannel.open(UnixDomainSocketAddress.of(socket))));
            runner = listener.accept();
        }
        replies = new FrameReader(Channels.newInputStream(runner), FrameLimits.DEFAULT);
        worker.obey(Map.of("op", "init", "node", "n1", "host", "127.0.0.1", "port", 1L));
    }

    @AfterEach
    void close() throws IOException {
        worker.close();
        runner.close();
    }

    private void module(Path path, long version, String source, Path... requires) {
        List<@Nullable Object> told = Arrays.asList(path, version, source, null, List.of(requires));
        worker.obey(Map.of("op", "modules", "modules", List.of(told)));
    }

    private void high(long version, Path... requires) {
        module(HIGH, version, "package own; public class High { public static int X = 7; }", requires);
    }

    private void low(long version, Path... requires) {
        module(LOW, version, "package own; public class Low {}", requires);
    }

    private void start(long run) {
        worker.obey(
                Map.of("op", "start", "run", run, "job", Path.of("job"), "code", Path.of("uses"), "source", USES_HIGH));
    }

    private Map<?, ?> reply(String op) throws IOException {
        Frame frame = Objects.requireNonNull(replies.next(), op);
        Map<?, ?> reply = (Map<?, ?>) Objects.requireNonNull(Values.decode(frame.copy()));
        assertThat(reply.get("op")).as(reply.toString()).isEqualTo(op);
        return reply;
    }

    private void imported(Path path, long version) throws IOException {
        Map<?, ?> reply = reply("imported");
        assertThat(reply.get("path")).isEqualTo(path);
        assertThat(reply.get("version")).isEqualTo(version);
    }

    private void failed(String message) throws IOException {
        Map<?, ?> reply = reply("failed");
        assertThat(reply.get("kind")).isEqualTo("compile");
        assertThat(reply.get("message")).asString().startsWith(message);
    }

    @Test
    void aModuleThatRequiresWhatIsNotStoredFailsTheRunUntilItIs() throws IOException {
        high(11, LOW);
        start(1);
        imported(HIGH, 11);
        imported(LOW, 0);
        failed("own.High: requires: own.Low is not stored: own.High → own.Low");
        low(12);
        start(2);
        imported(HIGH, 11);
        imported(LOW, 12);
        assertThat(reply("started").get("run")).isEqualTo(2L);
    }

    @Test
    void modulesThatRequireEachOtherFailTheRun() throws IOException {
        high(11, LOW);
        low(12, HIGH);
        start(1);
        imported(HIGH, 11);
        imported(LOW, 12);
        imported(HIGH, 11);
        failed("own.High: requires: own.High → own.Low → own.High is a cycle");
    }
}
