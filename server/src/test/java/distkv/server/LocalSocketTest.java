package distkv.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import distkv.protocol.Frame;
import distkv.protocol.FrameLimits;
import distkv.protocol.FrameReader;
import distkv.protocol.Values;
import distkv.server.ServerOptions.LocalSocket;
import distkv.store.engine.MemoryStore;
import java.io.IOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.Channels;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(60)
class LocalSocketTest {
    @TempDir
    Path directory;

    private ServerFixture start(ServerOptions options) throws IOException {
        return new ServerFixture(options, new MemoryStore("tree"));
    }

    private static @Nullable Object get(Path socket) throws IOException {
        try (SocketChannel channel = SocketChannel.open(StandardProtocolFamily.UNIX)) {
            channel.connect(UnixDomainSocketAddress.of(socket));
            FrameReader frames = new FrameReader(Channels.newInputStream(channel), FrameLimits.DEFAULT);
            assertThat(frames.next()).isNotNull();
            channel.write(
                    ByteBuffer.wrap(Values.encode(Map.of("seq", 1, "action", "get_value", "path", WireClient.path("a")))
                            .bytes()));
            Frame reply = Objects.requireNonNull(frames.next());
            Map<?, ?> fields = (Map<?, ?>) Objects.requireNonNull(Values.decode(reply.copy()));
            assertThat(fields.get("error")).isNull();
            return fields.get("value");
        }
    }

    @Test
    void requestsAreAnsweredAsOnThePortAndTheFileIsTheOwnersUntilTheEnd() throws IOException {
        Path socket = directory.resolve("distkv.sock");
        try (ServerFixture fixture = start(ServerFixture.OPTIONS.in(directory))) {
            assertThat(fixture.server.socketPath()).isEqualTo(socket);
            fixture.wire().call("set_value", "path", WireClient.path("a"), "value", 7);
            assertThat(get(socket)).isEqualTo(7L);
            assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(socket)))
                    .isEqualTo("rw-------");
        }
        assertThat(socket).doesNotExist();
    }

    @Test
    void theServersOwnUserNeedsNoLogInThere() throws IOException {
        try (ServerFixture fixture = start(ServerFixture.OPTIONS.in(directory).open(false))) {
            assertThat(fixture.wire().greeting).containsKey("auth");
            assertThat(get(directory.resolve("distkv.sock"))).isNull();
        }
    }

    @Test
    void theSocketOfADeadServerIsReplaced() throws IOException {
        Path socket = directory.resolve("distkv.sock");
        try (ServerSocketChannel dead = ServerSocketChannel.open(StandardProtocolFamily.UNIX)) {
            dead.bind(UnixDomainSocketAddress.of(socket));
        }
        assertThat(socket).exists();
        try (ServerFixture fixture = start(ServerFixture.OPTIONS.in(directory))) {
            fixture.wire().call("set_value", "path", WireClient.path("a"), "value", 8);
            assertThat(get(socket)).isEqualTo(8L);
        }
    }

    @Test
    void theSocketOfALivingServerIsLeftAlone() throws IOException {
        Path socket = directory.resolve("here.sock");
        ServerOptions options = ServerFixture.OPTIONS.withSocket(new LocalSocket.At(socket));
        try (ServerFixture first = start(options)) {
            first.wire().call("set_value", "path", WireClient.path("a"), "value", 9);
            assertThatThrownBy(() -> start(options))
                    .isInstanceOf(IOException.class)
                    .hasMessage("socket " + socket
                            + ": another process listens there (expected: a path that no other server uses)");
            assertThat(get(socket)).isEqualTo(9L);
        }
    }

    @Test
    void aServerThatStopsLeavesTheSocketOfItsSuccessor() throws IOException {
        Path socket = directory.resolve("here.sock");
        ServerOptions options = ServerFixture.OPTIONS.withSocket(new LocalSocket.At(socket));
        ServerFixture first = start(options);
        Files.delete(socket);
        try (ServerFixture second = start(options)) {
            second.wire().call("set_value", "path", WireClient.path("a"), "value", 10);
            first.close();
            assertThat(get(socket)).isEqualTo(10L);
        }
    }

    @Test
    void aPathThatIsTooLongIsRefusedAndOtherwiseDoneWithout() throws IOException {
        Path deep = Files.createDirectories(directory.resolve("x".repeat(100)));
        try (ServerFixture fixture = start(ServerFixture.OPTIONS.in(deep))) {
            assertThat(fixture.server.socketPath()).isNull();
            assertThat(fixture.wire().call("get_value", "path", WireClient.path("a")))
                    .doesNotContainKey("error");
        }
        assertThatThrownBy(() -> start(ServerFixture.OPTIONS.withSocket(new LocalSocket.At(deep.resolve("s")))))
                .isInstanceOf(IOException.class)
                .hasMessageContaining("bytes (expected: a path of at most 100)");
    }

    @Test
    void aFileOfAnotherKindIsNotReplaced() throws IOException {
        Path file = Files.writeString(directory.resolve("file"), "mine");
        assertThatThrownBy(() -> start(ServerFixture.OPTIONS.withSocket(new LocalSocket.At(file))))
                .isInstanceOf(IOException.class)
                .hasMessageContaining("a file of another kind is there (expected: a socket, or nothing)");
        assertThat(file).hasContent("mine");
    }

    @Test
    void withoutADirectoryOrByRequestThereIsNone() throws IOException {
        try (ServerFixture fixture = start(ServerFixture.OPTIONS)) {
            assertThat(fixture.server.socketPath()).isNull();
        }
        ServerOptions none = ServerFixture.OPTIONS.in(directory).withSocket(new LocalSocket.None());
        try (ServerFixture fixture = start(none)) {
            assertThat(fixture.server.socketPath()).isNull();
        }
        assertThat(directory.resolve("distkv.sock")).doesNotExist();
    }
}
