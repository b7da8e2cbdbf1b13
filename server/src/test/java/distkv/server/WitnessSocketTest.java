package distkv.server;

import static distkv.server.WireClient.map;
import static distkv.server.WireClient.path;
import static org.assertj.core.api.Assertions.assertThat;

import distkv.protocol.Frame;
import distkv.protocol.FrameLimits;
import distkv.protocol.FrameReader;
import distkv.protocol.Values;
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
class WitnessSocketTest {
    @TempDir
    Path directory;

    @Test
    void aSessionEndsWithItsConnectionAndItsLastWitness() throws IOException {
        try (ServerFixture fixture = new ServerFixture();
                WireClient watcher = new WireClient(fixture.server.port())) {
            WireClient holder = fixture.wire();
            Map<String, Object> opened = holder.call("session", "ttl", 3600);
            holder.call("set_value", "path", path("here"), "value", 1, "session", true);
            watcher.call("watch", "path", path("here"), "fetch", true);
            watcher.readWhere(message -> message.containsKey("value"));
            SocketChannel witness = connect(opened);
            assertThat(say(witness, opened.get("session"), opened.get("secret")))
                    .isEqualTo(map("session", opened.get("session")));
            holder.close();
            // Nothing tells that the server has noticed the one end, so the other one comes at any time.
            witness.close();
            assertThat(watcher.readWhere(message -> message.containsKey("path") && !message.containsKey("value")))
                    .doesNotContainKey("error");
        }
    }

    @Test
    void aWitnessesEndMeansNothingWhileTheConnectionLives() throws IOException {
        try (ServerFixture fixture = new ServerFixture();
                WireClient holder = new WireClient(fixture.server.port())) {
            Map<String, Object> opened = holder.call("session", "ttl", 3600);
            try (SocketChannel witness = connect(opened)) {
                say(witness, opened.get("session"), opened.get("secret"));
            }
            assertThat(holder.call("session_renew")).containsEntry("ttl", 3600.0);
        }
    }

    @Test
    void whoDoesNotKnowTheSecretWitnessesNothing() throws IOException {
        try (ServerFixture fixture = new ServerFixture();
                WireClient holder = new WireClient(fixture.server.port())) {
            Map<String, Object> opened = holder.call("session", "ttl", 3600);
            for (Object secret : new Object[] {"wrong", 5}) {
                try (SocketChannel witness = connect(opened)) {
                    assertThat(say(witness, opened.get("session"), secret)).containsEntry("etype", "session");
                    assertThat(witness.read(ByteBuffer.allocate(1))).isNegative();
                }
            }
        }
    }

    @Test
    void onlyTheServersUserMayConnectAndTheFileGoesWithTheServer() throws IOException {
        Path socket;
        try (ServerFixture fixture = new ServerFixture(ServerFixture.OPTIONS.in(directory), new MemoryStore("tree"))) {
            socket = Path.of((String) WireClient.get(fixture.wire().call("session", "ttl", 60), "socket"));
            assertThat(socket).hasParent(directory);
            assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(socket)))
                    .isEqualTo("rw-------");
        }
        assertThat(socket).doesNotExist();
    }

    @Test
    void theSocketOfAServerThatWasKilledIsReplaced() throws IOException {
        try (ServerSocketChannel left = ServerSocketChannel.open(StandardProtocolFamily.UNIX)) {
            left.bind(UnixDomainSocketAddress.of(directory.resolve("witness")));
        }
        try (ServerFixture fixture = new ServerFixture(ServerFixture.OPTIONS.in(directory), new MemoryStore("tree"))) {
            Map<String, Object> opened = fixture.wire().call("session", "ttl", 60);
            try (SocketChannel witness = connect(opened)) {
                assertThat(say(witness, opened.get("session"), opened.get("secret")))
                        .containsKey("session");
            }
        }
    }

    @Test
    void aDirectoryWithTooLongAPathIsReplacedByOneAmongTheTemporaryFiles() throws IOException {
        Path deep = Files.createDirectory(directory.resolve("x".repeat(120)));
        try (ServerFixture fixture = new ServerFixture(ServerFixture.OPTIONS.in(deep), new MemoryStore("tree"))) {
            Map<String, Object> opened = fixture.wire().call("session", "ttl", 60);
            connect(opened).close();
            assertThat(deep).isEmptyDirectory();
        }
    }

    @Test
    void aFileThatIsNoSocketIsLeftAloneAndTheServerDoesWithout() throws IOException {
        Path file = Files.writeString(directory.resolve("witness"), "mine");
        try (Server server = Server.start(ServerFixture.OPTIONS.in(directory), new MemoryStore("tree"));
                WireClient wire = new WireClient(server.port())) {
            assertThat(wire.call("session", "ttl", 60)).containsKey("session").doesNotContainKey("socket");
        }
        assertThat(file).hasContent("mine");
    }

    private static SocketChannel connect(Map<String, Object> opened) throws IOException {
        return SocketChannel.open(UnixDomainSocketAddress.of((String) WireClient.get(opened, "socket")));
    }

    @SuppressWarnings("unchecked")
    private static Map<String, Object> say(SocketChannel witness, @Nullable Object session, @Nullable Object secret)
            throws IOException {
        witness.write(ByteBuffer.wrap(
                Values.encode(map("session", session, "secret", secret)).bytes()));
        Frame reply = new FrameReader(Channels.newInputStream(witness), new FrameLimits(1024, 8)).next();
        return (Map<String, Object>) Objects.requireNonNull(
                Values.decode(Objects.requireNonNull(reply).copy()));
    }
}
