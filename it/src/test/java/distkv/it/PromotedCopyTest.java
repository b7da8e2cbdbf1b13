package distkv.it;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import distkv.client.Client;
import distkv.client.ClientException;
import distkv.client.ServerConnectionException;
import distkv.model.Entry;
import distkv.protocol.Etype;
import distkv.protocol.Reply;
import distkv.protocol.Request;
import distkv.protocol.StatePart;
import distkv.protocol.Values;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Two machines: a main server that is killed, a copy that is promoted, and the former main server that returns. */
@Timeout(600)
@SuppressWarnings("NullAway.Init")
class PromotedCopyTest {
    private static final int ROUNDS = Boolean.getBoolean("long") ? 100 : 1;
    private static final Pattern LOST = Pattern.compile("path: w\\.(\\d+)|path: \"?w:(\\d+)");

    @TempDir
    private Path directory;

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
    }

    private static distkv.model.Path path(Object... elements) {
        return distkv.model.Path.of(elements);
    }

    private static int freePort() throws Exception {
        try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            return socket.getLocalPort();
        }
    }

    /** Writes {@code w.0}, {@code w.1}, … until it is stopped or the server goes; knows what was acknowledged. */
    private static final class Writer implements AutoCloseable {
        private final Client client;
        private final AtomicBoolean stopped = new AtomicBoolean();
        final AtomicLong acknowledged = new AtomicLong(-1);
        private final Thread thread;

        Writer(Client client, long from) {
            this.client = client;
            acknowledged.set(from - 1);
            thread = Thread.ofVirtual().start(this::write);
        }

        private void write() {
            try {
                while (!stopped.get()) {
                    long next = acknowledged.get() + 1;
                    client.set(path("w", next), Values.encode(next));
                    acknowledged.set(next);
                }
            } catch (ClientException | InterruptedException e) {
                // The server has gone.
            }
        }

        void awaitMore(int count) {
            long before = acknowledged.get();
            Retry.until("more writes", () -> acknowledged.get() >= before + count);
        }

        @Override
        public void close() {
            stopped.set(true);
            client.close();
        }

        /** The last that was acknowledged, when no more can be. */
        long last() throws InterruptedException {
            close();
            thread.join();
            return acknowledged.get();
        }
    }

    private static Set<Long> written(Client client) throws InterruptedException {
        Set<Long> numbers = new TreeSet<>();
        for (Entry entry : client.tree(path("w"))) {
            if (entry.path().elements().getLast() instanceof Long number) {
                numbers.add(number);
            }
        }
        return numbers;
    }

    private static long behind(Client client) throws InterruptedException {
        return client.call(false, seq -> new Request.GetState(seq, Set.of(StatePart.COPY))) instanceof Reply.State state
                ? behind(Values.decode(Objects.requireNonNull(state.parts().get(StatePart.COPY))))
                : -1;
    }

    private static long behind(@Nullable Object copies) {
        return copies instanceof List<?> list
                        && list.getFirst() instanceof Map<?, ?> copy
                        && copy.get("behind") instanceof Long behind
                ? behind
                : -1;
    }

    private static void awaitCopied(CopyProgram main) throws InterruptedException {
        try (Client client = main.connect()) {
            Retry.until("the copy has everything", () -> behind(client) == 0);
        }
    }

    @Test
    void whatWasOnlyAtTheFormerMainServerIsListedThereAndItServesNoMore() throws Exception {
        long seed = new Random().nextLong();
        Random random = new Random(seed);
        System.out.println("seed " + seed);
        CopyProgram main = one;
        CopyProgram copy = two;
        main.start();
        long next = 0;
        for (int round = 0; round < ROUNDS; round++) {
            copy.start("--follow", main.address());
            awaitCopied(main);
            long acknowledged;
            try (Writer writer = new Writer(main.connect(), next)) {
                writer.awaitMore(random.nextInt(100));
                copy.kill();
                writer.awaitMore(1 + random.nextInt(100));
                main.kill();
                acknowledged = writer.last();
            }
            // The main server is away; the copy serves what it has, and takes no writes.
            copy.start("--follow", main.address());
            Set<Long> there;
            try (Client client = copy.connect()) {
                there = written(client);
                assertThatThrownBy(() -> client.set(path("w", "x"), Values.encode(1)))
                        .isInstanceOfSatisfying(
                                ClientException.class,
                                e -> assertThat(e.etype()).isEqualTo(Etype.READ_ONLY))
                        .hasMessageContaining("a read-only copy of " + main.address());
            }
            int from = copy.log(0).length();
            assertThat(copy.command("promote", "--data", copy.data().toString()).text())
                    .contains("promoted: the copy is the main server now");
            copy.await("listening on", from);
            long epoch;
            try (Client client = copy.connect()) {
                epoch = Objects.requireNonNull(client.greeting().standing()).epoch();
                assertThat(epoch).isEqualTo(round + 2);
                assertThat(written(client)).isEqualTo(there);
                client.set(path("epoch"), Values.encode(epoch));
            }
            returns(main, epoch);
            lost(main, there, acknowledged);
            // It becomes a copy only without what was lost.
            assertThat(main.startAndAwaitEnd("--follow", copy.address()).text()).contains("revisions are only here");
            Files.move(
                    main.data().resolve("store.db"),
                    main.data().resolve("store.db.lost"),
                    StandardCopyOption.REPLACE_EXISTING);
            CopyProgram former = main;
            main = copy;
            copy = former;
            next = acknowledged + 1;
        }
    }

    /** The former main server is back: nobody who has seen the new epoch gets a write acknowledged, and it ends. */
    private static void returns(CopyProgram main, long epoch) throws Exception {
        Thread clients = Thread.ofVirtual().unstarted(() -> {
            try {
                while (!Thread.currentThread().isInterrupted()) {
                    try (Client client = main.connectToPort()) {
                        client.set(path("stale"), Values.encode(1));
                        throw new AssertionError("a write at the former main server was acknowledged");
                    } catch (ServerConnectionException e) {
                        Thread.onSpinWait();
                    }
                }
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        });
        AtomicBoolean failed = new AtomicBoolean();
        clients.setUncaughtExceptionHandler((_, e) -> failed.set(true));
        clients.start();
        CopyProgram.Output ended = main.startAndAwaitEnd();
        clients.interrupt();
        clients.join(Duration.ofSeconds(20));
        assertThat(failed).isFalse();
        assertThat(ended.code()).isEqualTo(1);
        assertThat(ended.text())
                .contains("this server is of epoch " + (epoch - 1) + " of the tree, which another server has in epoch "
                        + epoch + " (expected: to follow that one)");
        assertThat(main.startAndAwaitEnd().code()).isEqualTo(1);
    }

    private static void lost(CopyProgram main, Set<Long> there, long acknowledged) throws Exception {
        String text = main.command("server", "--data", main.data().toString(), "--show-lost")
                .text();
        Set<Long> lost = new TreeSet<>();
        for (Matcher matcher = LOST.matcher(text); matcher.find(); ) {
            lost.add(Long.valueOf(matcher.group(1) == null ? matcher.group(2) : matcher.group(1)));
        }
        assertThat(lost).as(text).isNotEmpty().doesNotContainAnyElementsOf(there);
        for (long number = 0; number <= acknowledged; number++) {
            assertThat(there.contains(number) || lost.contains(number))
                    .as("write %d of %d", number, acknowledged)
                    .isTrue();
        }
    }

    @Test
    void withSyncNothingThatWasAcknowledgedIsLostWithTheMainServer() throws Exception {
        Random random = new Random();
        one.start("--sync");
        try (Client client = one.connect()) {
            assertThatThrownBy(() -> client.set(path("a"), Values.encode(1)))
                    .hasMessageContaining("no copy is connected that has everything");
        }
        two.start("--follow", one.address());
        awaitCopied(one);
        long acknowledged;
        try (Writer writer = new Writer(one.connect(), 0)) {
            writer.awaitMore(100 + random.nextInt(300));
            one.kill();
            acknowledged = writer.last();
        }
        int from = two.log(0).length();
        assertThat(two.command("promote", "--data", two.data().toString()).code())
                .isEqualTo(0);
        two.await("listening on", from);
        try (Client client = two.connect()) {
            Set<Long> there = written(client);
            for (long number = 0; number <= acknowledged; number++) {
                assertThat(there).contains(number);
            }
        }
    }

    @Test
    void aSessionGoesOnAtThePromotedCopyAndAMainServerThatLivesIsNotReplaced() throws Exception {
        one.start();
        two.start("--follow", one.address());
        Reply.SessionOpened session;
        try (Client client = one.connect()) {
            session = (Reply.SessionOpened)
                    client.call(false, seq -> new Request.OpenSession(seq, Duration.ofMinutes(5)));
            client.set(path("a"), Values.encode(1));
        }
        awaitCopied(one);
        CopyProgram.Output refused = two.command("promote", "--data", two.data().toString());
        assertThat(refused.code()).isEqualTo(1);
        assertThat(refused.text())
                .contains("the main server " + one.address() + " lives (expected: one that is stopped)");
        int from = two.log(0).length();
        int fromOne = one.log(0).length();
        assertThat(two.command("promote", "--force", "--data", two.data().toString())
                        .code())
                .isEqualTo(0);
        two.await("listening on", from);
        try (Client client = two.connect()) {
            Reply attached = client.call(
                    false, seq -> new Request.AttachSession(seq, session.session(), String.valueOf(session.secret())));
            assertThat(attached).isInstanceOf(Reply.SessionOpened.class);
        }
        // It is told, although no client has been there.
        Retry.until("the former main server ends", () -> one.log(fromOne).contains("(expected: to follow that one)"));
        // Nothing is lost, so it can follow as it is.
        one.kill();
        one.start("--follow", two.address());
        try (Client client = one.connect()) {
            assertThat(client.get(path("a"))).isNotNull();
            assertThat(Objects.requireNonNull(client.greeting().standing()).copy())
                    .isNotNull();
        }
    }
}
