package distkv.it;

import static org.assertj.core.api.Assertions.assertThat;

import distkv.client.Client;
import distkv.client.ClientException;
import distkv.model.Expectation;
import distkv.protocol.Values;
import distkv.store.etcd.Etcd;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Two servers, as the command line starts them, that share a tree through an etcd. */
@Timeout(180)
@SuppressWarnings("NullAway.Init")
class EtcdServersTest {
    @TempDir
    private Path directory;

    private @Nullable Etcd etcd;
    private CopyProgram one;
    private CopyProgram two;

    @BeforeEach
    void open() throws Exception {
        one = new CopyProgram(directory, "one", freePort());
        two = new CopyProgram(directory, "two", freePort());
    }

    @AfterEach
    void close() throws InterruptedException {
        one.kill();
        two.kill();
        if (etcd != null) {
            etcd.close();
        }
    }

    private static int freePort() throws Exception {
        try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            return socket.getLocalPort();
        }
    }

    private static distkv.model.Path path(Object... elements) {
        return distkv.model.Path.of(elements);
    }

    private static @Nullable Object value(Client client, distkv.model.Path path) throws Exception {
        try {
            var entry = client.get(path);
            return entry == null || entry.value() == null ? null : Values.decode(entry.value());
        } catch (ClientException e) {
            return null;
        }
    }

    @Test
    void whatIsWrittenAtOneServerIsReadAtTheOtherAndOutlivesBoth() throws Exception {
        Etcd started = Etcd.start(Files.createDirectory(directory.resolve("etcd")));
        etcd = started;
        String store = started.fresh().toString();
        one.start("--store", store, "--old-etcd");
        two.start("--store", store, "--old-etcd");
        assertThat(one.log(0)).contains("tree in " + store + ", data in ");
        try (Client here = one.connect();
                Client there = two.connect()) {
            long tick = here.set(path("room"), Values.encode(21L), Expectation.absent());
            Retry.until("the other server has it", () -> Long.valueOf(21).equals(value(there, path("room"))));
            there.set(path("room"), Values.encode(22L), Expectation.at(tick));
        }
        one.kill();
        two.kill();
        started.kill(0);
        started.restart(0);
        one.start("--store", store, "--old-etcd");
        try (Client here = one.connect()) {
            assertThat(value(here, path("room"))).isEqualTo(22L);
        }
    }

    @Test
    void whatCannotBeIsRefusedWithOneLine() throws Exception {
        CopyProgram.Output wrong = one.startAndAwaitEnd("--store", "etcd:/x");
        assertThat(wrong.code()).isEqualTo(2);
        assertThat(wrong.text()).contains("--store: etcd:/x (expected: etcd://HOST[:PORT][,HOST[:PORT]…][/PREFIX])");
        CopyProgram.Output both = one.startAndAwaitEnd("--store", "etcd://127.0.0.1:1", "--follow", "hub");
        assertThat(both.code()).isEqualTo(2);
        assertThat(both.text()).contains("--store with --follow, --sync or --show-lost (expected: one of them");
        CopyProgram.Output none = one.startAndAwaitEnd("--store", "etcd://127.0.0.1:1");
        assertThat(none.code()).isEqualTo(1);
        assertThat(none.text())
                .contains("etcd at 127.0.0.1:1 does not answer:", "(expected: a majority of its members)")
                .doesNotContain("\tat ");
    }
}
