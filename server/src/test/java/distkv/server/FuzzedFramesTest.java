package distkv.server;

import static distkv.server.WireClient.map;
import static distkv.server.WireClient.path;
import static org.assertj.core.api.Assertions.assertThat;

import distkv.access.AccessTable;
import distkv.access.Grant;
import distkv.access.Token;
import distkv.access.User;
import distkv.model.Commit;
import distkv.model.Expectation;
import distkv.model.Path;
import distkv.model.Value;
import distkv.model.Write;
import distkv.protocol.Values;
import distkv.store.engine.MemoryStore;
import distkv.testing.ReportedFaults;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.SocketException;
import java.net.SocketTimeoutException;
import java.nio.charset.StandardCharsets;
import java.security.SecureRandom;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/**
 * Frames that are almost requests, before a log-in and from somebody who may only read: the server goes on, keeps nothing
 * of them, and tells nothing that is in the internal tree.
 */
class FuzzedFramesTest {
    private static final int FRAMES = 100_000;
    private static final int LONG = 10_000_000;
    /** How many frames are sent at once; what follows one that is no frame is not read. */
    private static final int TOGETHER = 25;
    /** A part of what only owners may see. */
    private static final String HIDDEN = "hidden-a91f";

    private static final long MOST_BYTES = 64L << 20;

    @RegisterExtension
    final ReportedFaults faults = new ReportedFaults();

    private final MemoryStore store = new MemoryStore("tree");
    private final Token.Created viewer = Token.create("v", List.of(new Grant("viewer")), 0, "", new SecureRandom());
    private ServerFixture fixture;
    private long seed;
    private int viewers;

    @BeforeEach
    void start() throws IOException {
        seed = Long.getLong("fuzz.seed", new Random().nextLong());
        System.out.println("fuzzed frames: -Dfuzz.seed=" + seed);
        write(
                AccessTable.token(viewer.token().id()),
                new Token(
                                viewer.token().id(),
                                "v",
                                List.of(new Grant("viewer")),
                                viewer.token().hash(),
                                0,
                                HIDDEN)
                        .encode());
        User olga = new User("olga", List.of(new Grant("owner")), "$argon2id$" + HIDDEN, false);
        write(AccessTable.user("olga"), olga.encode(null));
        write(Path.of("room", "temp"), Values.encode(21L));
        fixture = new ServerFixture(ServerFixture.OPTIONS.open(false), store);
    }

    @AfterEach
    void stop() throws IOException {
        fixture.close();
    }

    private void write(Path path, Value value) {
        store.commit(Commit.of(Write.set(path, value, Expectation.anything()))).join();
    }

    @Test
    void beforeALogInAndByAViewer() throws Exception {
        fuzz(FRAMES);
    }

    @Test
    @Tag("long")
    void manyMore() throws Exception {
        fuzz(LONG);
    }

    private void fuzz(int frames) throws Exception {
        try (WireClient neighbour = logIn();
                LogLines log = new LogLines("distkv.server")) {
            FrameFuzzer fuzzer = new FrameFuzzer(seed);
            send(fuzzer, 1_000, true);
            send(fuzzer, 1_000, false);
            long before = used();
            int sent = 2_000;
            for (int round = 0; sent < frames; round++) {
                sent += send(fuzzer, TOGETHER, round % 4 != 0);
                if (round % 50 == 0) {
                    assertThat(neighbour.call("get_value", "path", path("room", "temp")))
                            .as("seed %d", seed)
                            .containsEntry("value", 21L);
                }
            }
            assertThat(log.lines())
                    .as("seed %d", seed)
                    .noneMatch(line -> line.contains("internal error") || line.contains("dropping a connection"));
            assertThat(faults.reported()).as("seed %d", seed).isNotDone();
            assertThat(used() - before).as("seed %d", seed).isLessThan(MOST_BYTES);
        }
    }

    private WireClient logIn() throws IOException {
        WireClient wire = fixture.wire();
        assertThat(wire.readStream(wire.ask("auth", "typ", "token", "token", viewer.secret())))
                .noneMatch(message -> message.containsKey("error"));
        return wire;
    }

    /** Sends some frames on a connection of their own, and reads what comes back until the server has nothing more to say. */
    private int send(FrameFuzzer fuzzer, int count, boolean asViewer) throws IOException {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        if (asViewer) {
            out.writeBytes(Values.encode(map("action", "auth", "seq", -1, "typ", "token", "token", viewer.secret()))
                    .bytes());
        }
        for (int i = 0; i < count; i++) {
            out.writeBytes(fuzzer.next());
        }
        ByteArrayOutputStream replies = new ByteArrayOutputStream();
        try (Socket socket = new Socket()) {
            // Failed log-ins slow down where they come from, and viewers must get in.
            int from = asViewer ? ++viewers : 0;
            socket.bind(new InetSocketAddress(
                    InetAddress.getByAddress(
                            new byte[] {127, (byte) (from >> 16), (byte) (from >> 8), (byte) (from | 1)}),
                    0));
            socket.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), fixture.server.port()));
            socket.setSoTimeout(20_000);
            out.writeTo(socket.getOutputStream());
            socket.shutdownOutput();
            byte[] some = new byte[8192];
            for (int read = 0; read >= 0; read = socket.getInputStream().read(some)) {
                replies.write(some, 0, read);
            }
        } catch (SocketTimeoutException e) {
            throw new AssertionError("no end within 20 s, seed " + seed, e);
        } catch (SocketException _) {
            // It has closed the connection while more was sent.
        }
        check(replies.toString(StandardCharsets.ISO_8859_1));
        return count;
    }

    private void check(String replies) {
        assertThat(replies)
                .as("seed %d", seed)
                .doesNotContain(HIDDEN)
                .doesNotContain("internal error")
                .doesNotContain(viewer.token().hash());
    }

    private static long used() {
        System.gc();
        return ManagementFactory.getMemoryMXBean().getHeapMemoryUsage().getUsed();
    }
}
