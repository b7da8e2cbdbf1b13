package distkv.it;

import static org.assertj.core.api.Assertions.assertThat;

import distkv.model.Path;
import distkv.protocol.Frame;
import distkv.protocol.FrameLimits;
import distkv.protocol.FrameReader;
import distkv.protocol.MsgWriter;
import distkv.protocol.Values;
import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * A server as it is started, with little memory, and what once made it hang, or acknowledge writes and serve what was
 * there before them: it refuses, or it ends, and says why.
 */
@Timeout(120)
class SmallHeapTest {
    private static final int MB = 1 << 20;

    @TempDir
    private java.nio.file.Path directory;

    /** The server's process, and what it has said. */
    private final class ServerProcess implements AutoCloseable {
        final Process process;
        final int port;
        final java.nio.file.Path said = directory.resolve("said");

        ServerProcess(String... options) throws IOException {
            List<String> command =
                    new ArrayList<>(List.of(java.nio.file.Path.of(System.getProperty("java.home"), "bin", "java")
                            .toString()));
            command.addAll(List.of(options));
            command.addAll(List.of(
                    "-XX:+UseParallelGC",
                    "-XX:+ExitOnOutOfMemoryError",
                    "-XX:GCTimeLimit=90",
                    "-XX:GCHeapFreeLimit=5",
                    "-XX:TieredStopAtLevel=1",
                    "-XX:+UseCompactObjectHeaders",
                    "--enable-native-access=ALL-UNNAMED",
                    "-cp",
                    System.getProperty("java.class.path"),
                    "distkv.cli.Main",
                    "server",
                    "--open",
                    "--data",
                    directory.resolve("data").toString(),
                    "--bind",
                    "127.0.0.1:0"));
            process = new ProcessBuilder(command).redirectError(said.toFile()).start();
            String line = process.inputReader().readLine();
            assertThat(line).startsWith("listening on 127.0.0.1:");
            port = Integer.parseInt(line.replaceAll(".*?:(\\d+),.*", "$1"));
        }

        Wire wire() throws IOException {
            return new Wire(port);
        }

        @Override
        public void close() {
            process.destroyForcibly();
        }
    }

    /** A connection that says what it is told to. */
    private static final class Wire implements AutoCloseable {
        private final Socket socket;
        private final FrameReader frames;
        private long seq;

        Wire(int port) throws IOException {
            socket = new Socket(InetAddress.getLoopbackAddress(), port);
            socket.setSoTimeout(60_000);
            frames = new FrameReader(socket.getInputStream(), FrameLimits.DEFAULT);
            read();
        }

        void send(byte[] bytes) throws IOException {
            socket.getOutputStream().write(bytes);
        }

        void ask(String action, Object... pairs) throws IOException {
            Map<Object, Object> request = new LinkedHashMap<>(Map.of("seq", ++seq, "action", action));
            for (int i = 0; i < pairs.length; i += 2) {
                request.put(pairs[i], pairs[i + 1]);
            }
            send(Values.encode(request).bytes());
        }

        Map<?, ?> read() throws IOException {
            Frame frame = frames.next();
            if (frame == null) {
                throw new IOException("closed");
            }
            return (Map<?, ?>) Objects.requireNonNull(Values.decode(frame.copy()));
        }

        Map<?, ?> call(String action, Object... pairs) throws IOException {
            ask(action, pairs);
            return read();
        }

        Map<?, ?> set(Object name, Object value) throws IOException {
            return call("set_value", "path", path(name), "value", value);
        }

        @Nullable
        Object get(Object name) throws IOException {
            return call("get_value", "path", path(name)).get("value");
        }

        static List<Object> path(Object name) {
            return Path.of("v", name).elements();
        }

        @Override
        public void close() throws IOException {
            socket.close();
        }
    }

    @Test
    void whatUsesUpMemoryIsRefusedAndTheServerGoesOn() throws Exception {
        try (ServerProcess server = new ServerProcess("-Xmx128m", "-Xmn24m");
                Wire wire = server.wire()) {
            hoardMessages(server, wire);
            hoardWatches(server, wire);
            int kept = fill(wire);
            assertThat(kept).isBetween(20, 60);
            assertThat((Object) wire.set(kept, new byte[MB]).get("etype")).isEqualTo("full");
            assertThat((Object) wire.call("delete_value", "path", Wire.path(0)).get("changed"))
                    .isEqualTo(true);
            assertThat((Object) wire.set(0, new byte[MB - 1000]).get("changed")).isEqualTo(true);
            assertThat(server.process.isAlive()).isTrue();
            server.process.destroy();
            assertThat(server.process.waitFor(30, TimeUnit.SECONDS)).isTrue();
            assertThat(server.process.exitValue()).isZero();
        }
    }

    private static void hoardMessages(ServerProcess server, Wire wire) throws IOException {
        MsgWriter head = new MsgWriter();
        head.map(1).text("value").bytesHead(2 * MB);
        List<Wire> hogs = new ArrayList<>();
        for (int i = 0; i < 61; i++) {
            Wire hog = server.wire();
            hogs.add(hog);
            try {
                hog.send(head.toByteArray());
                hog.send(new byte[MB * 19 / 10]);
            } catch (IOException e) {
                // It holds too much, and was dropped.
            }
        }
        assertThat((Object) wire.set("a", 1).get("changed")).isEqualTo(true);
        assertThat(wire.get("a")).isEqualTo(1L);
        for (Wire hog : hogs) {
            hog.close();
        }
    }

    private static void hoardWatches(ServerProcess server, Wire wire) throws IOException {
        try (Wire hog = server.wire()) {
            for (int i = 0; i < 500; i++) {
                hog.ask("watch", "path", List.of("v"), "nchain", 0);
            }
            for (int i = 0; i < 1_000; i++) {
                assertThat((Object) wire.set(i, i).get("error")).isNull();
            }
            assertThat(wire.get(999)).isEqualTo(999L);
        }
    }

    private static int fill(Wire wire) throws IOException {
        int kept = 0;
        while (wire.set(kept, new byte[MB]).get("error") == null) {
            kept++;
            assertThat(kept).isLessThan(200);
        }
        return kept;
    }

    /** So little that the budgets do not help: then it ends, and has never said that what it does not show is written. */
    @Test
    void whatWasAcknowledgedIsShownUntilTheServerEnds() throws Exception {
        try (ServerProcess server = new ServerProcess("-Xmx24m", "-Xmn8m");
                Wire reader = server.wire()) {
            List<Wire> hogs = new ArrayList<>();
            int acknowledged = 0;
            try (Wire writer = server.wire()) {
                for (int i = 0; i < 20_000; i++) {
                    if (i % 10 == 0) {
                        Wire hog = server.wire();
                        hogs.add(hog);
                        for (int j = 0; j < 20; j++) {
                            hog.ask("watch", "path", List.of("v"), "fetch", true);
                        }
                    }
                    byte[] value = new byte[100_000 + i];
                    Arrays.fill(value, (byte) i);
                    Map<?, ?> reply = writer.set(i % 50, value);
                    if (reply.get("error") == null) {
                        acknowledged++;
                        assertThat(reader.get(i % 50)).as("write %d", i).isEqualTo(value);
                    }
                    if (i > 300) {
                        break;
                    }
                }
            } catch (IOException e) {
                assertThat(server.process.waitFor(10, TimeUnit.SECONDS))
                        .as("it ends after %s", e)
                        .isTrue();
                assertThat(server.process.exitValue()).isEqualTo(3);
            }
            assertThat(acknowledged).isPositive();
            for (Wire hog : hogs) {
                hog.close();
            }
        }
    }
}
