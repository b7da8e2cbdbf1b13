package distkv.worker;

import static org.assertj.core.api.Assertions.assertThat;

import distkv.model.Path;
import distkv.protocol.Frame;
import distkv.protocol.FrameLimits;
import distkv.protocol.FrameReader;
import distkv.protocol.Request;
import distkv.protocol.Seq;
import distkv.protocol.Values;
import distkv.protocol.codec.RequestDecoder;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
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
        start(run, USES_HIGH);
    }

    private void start(long run, String source) {
        worker.obey(
                Map.of("op", "start", "run", run, "job", Path.of("job"), "code", Path.of("uses"), "source", source));
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

    /** Takes one connection, answers its greeting, and is gone for good when it is asked for an entry. */
    private static void serveUntilAsked(ServerSocket server) {
        Thread.ofVirtual().start(() -> {
            try (server;
                    Socket client = server.accept()) {
                FrameReader requests = new FrameReader(client.getInputStream(), FrameLimits.DEFAULT);
                send(client, Map.of("seq", 0, "node", "house", "version", List.of(0, 65, 0), "tick", 1, "tock", 2));
                for (Frame frame = requests.next(); frame != null; frame = requests.next()) {
                    switch (RequestDecoder.decode(frame)) {
                        case Request.GetState(Seq.Int(long seq), var _) ->
                            send(client, Map.of("seq", seq, "nodes", Map.of("house", 1), "tock", 3));
                        case Request.GetValue _ -> {
                            return;
                        }
                        default -> {}
                    }
                }
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        });
    }

    private static void send(Socket client, Map<String, ?> message) throws IOException {
        client.getOutputStream().write(Values.encode(message).bytes());
    }

    private void failedAs(String kind, String type) throws IOException {
        assertThat(reply("started").get("run")).isEqualTo(1L);
        Map<?, ?> reply = reply("failed");
        assertThat(reply.get("type")).isEqualTo(type);
        assertThat(reply.get("kind")).isEqualTo(kind);
    }

    @Test
    void aRunThatCannotGoOnWithoutTheServerIsInterrupted() throws IOException {
        ServerSocket server = new ServerSocket(0, 1, InetAddress.getLoopbackAddress());
        worker.obey(Map.of("op", "init", "node", "n1", "host", "127.0.0.1", "port", (long) server.getLocalPort()));
        serveUntilAsked(server);
        start(1, "void run(Context self) throws Exception { self.client().get(Path.of(\"a\")); }");
        failedAs("interrupted", "ServerConnectionException");
    }

    /** The server greets later than some time that is usual for that, as on a machine under load. */
    @Test
    void aRunWaitsForTheFirstConnectionAsLongAsTheAttemptLasts() throws Exception {
        ServerSocket server = new ServerSocket(0, 1, InetAddress.getLoopbackAddress());
        worker.obey(Map.of("op", "init", "node", "n1", "host", "127.0.0.1", "port", (long) server.getLocalPort()));
        start(1, "void run(Context self) throws Exception { self.client().get(Path.of(\"a\")); }");
        Thread.sleep(1_200);
        serveUntilAsked(server);
        // It has asked, so it was connected.
        failedAs("interrupted", "ServerConnectionException");
    }

    @Test
    void aRunThatCannotReachAnotherServerHasFailed() throws IOException {
        start(1, """
                import distkv.client.*;
                void run() throws Exception { Client.connect(ClientOptions.of("127.0.0.1", 1)).close(); }
                """);
        failedAs("error", "ServerConnectionException");
    }
}
