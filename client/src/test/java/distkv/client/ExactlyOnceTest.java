package distkv.client;

import static org.assertj.core.api.Assertions.assertThat;

import distkv.model.Commit;
import distkv.model.Entry;
import distkv.model.Expectation;
import distkv.model.Path;
import distkv.model.Write;
import distkv.protocol.Values;
import distkv.server.Server;
import distkv.server.ServerOptions;
import distkv.store.engine.LeaseClock;
import distkv.store.engine.MemoryStore;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Writes of all sorts through a connection that is cut again and again, before a request has come, before its answer has
 * gone, or in between: each is made once.
 */
@Timeout(120)
class ExactlyOnceTest {
    private static final int WRITERS = 6;
    private static final int ROUNDS = 60;
    private static final Path TOP = Path.of("once");
    private static final Path COUNTER = TOP.child("counter");

    static LongStream seeds() {
        long first = System.nanoTime();
        return LongStream.range(first, first + (Boolean.getBoolean("long") ? 100 : 3));
    }

    @ParameterizedTest
    @MethodSource("seeds")
    void whateverIsCutEachWriteIsMadeOnce(long seed) throws Exception {
        ClientOptions options = ClientOptions.of("127.0.0.1", 1)
                .withRetry(Duration.ofMillis(1), Duration.ofMillis(4))
                .withCallTimeout(Duration.ofSeconds(60));
        MemoryStore store = new MemoryStore("tree", LeaseClock.system(), 1 << 15);
        try (Server server =
                        Server.start(ServerOptions.defaults().at("127.0.0.1", 0).open(true), store);
                Cable cable = new Cable(server.port());
                Client direct = Client.connect(ClientOptions.of("127.0.0.1", server.port()));
                Client client = Client.connect(through(options, cable.port()));
                Watch watch = direct.watch(TOP, WatchOptions.CHANGES);
                ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
            direct.set(COUNTER, Values.encode(0));
            var _ = threads.submit(() -> cutAgainAndAgain(cable, new Random(seed)));
            List<Future<Integer>> writers = new ArrayList<>();
            for (int i = 0; i < WRITERS; i++) {
                Random random = new Random(seed + 1 + i);
                Path mine = TOP.child("writer").child(i);
                writers.add(threads.submit(write(client, mine, random)));
            }
            int increments = 0;
            try {
                for (Future<Integer> writer : writers) {
                    increments += writer.get();
                }
            } finally {
                threads.shutdownNow();
            }
            Entry counted = direct.get(COUNTER);
            assertThat(counted == null || counted.value() == null ? null : Values.decode(counted.value()))
                    .as("increments, seed " + seed)
                    .isEqualTo((long) increments);
            assertThat(client.losses()).isGreaterThan(5);
            check(watch, direct.set(TOP.child("end"), Values.NIL));
        }
    }

    private static ClientOptions through(ClientOptions like, int port) {
        return ClientOptions.of("127.0.0.1", port)
                .withRetry(like.retryFirst(), like.retryMost())
                .withCallTimeout(like.callTimeout());
    }

    private static Object cutAgainAndAgain(Cable cable, Random random) throws InterruptedException {
        try {
            while (true) {
                TimeUnit.MICROSECONDS.sleep(random.nextInt(20_000));
                switch (random.nextInt(3)) {
                    case 0 -> cable.freeze();
                    case 1 -> cable.silence();
                    default -> {}
                }
                TimeUnit.MICROSECONDS.sleep(random.nextInt(5_000));
                cable.cut();
                cable.mend();
            }
        } finally {
            cable.mend();
        }
    }

    /** Makes a call; as long as there is no connection when it begins, it does nothing. */
    private static <T> T once(Client client, Callable<T> call) throws Exception {
        while (true) {
            client.awaitConnected();
            try {
                return call.call();
            } catch (ServerConnectionException e) {
                assertThat(e.outcomeUnknown()).as(e.getMessage()).isFalse();
            }
        }
    }

    /** Writes, and returns how often it has counted. */
    private static Callable<Integer> write(Client client, Path mine, Random random) {
        return () -> {
            int increments = 0;
            for (int i = 0; i < ROUNDS; i++) {
                increments += write(client, mine.child(i), random.nextInt(4), mine + ":" + i);
            }
            return increments;
        };
    }

    private static int write(Client client, Path here, int kind, String unique) throws Exception {
        switch (kind) {
            case 0 -> once(client, () -> client.set(here, Values.encode(unique)));
            case 1 -> {
                return increment(client, here, unique);
            }
            case 2 -> {
                long tick = once(client, () -> client.set(here, Values.encode(unique), Expectation.absent()));
                once(client, () -> client.delete(here, Expectation.at(tick)));
            }
            default -> {
                List<Write> many = new ArrayList<>();
                for (int i = 0; i < 20; i++) {
                    many.add(Write.set(here.child(i), Values.encode(unique), Expectation.absent()));
                }
                once(client, () -> client.commit(new Commit(many, List.of())));
                assertThat(once(client, () -> client.deleteTree(here))).isEqualTo(20);
            }
        }
        return 0;
    }

    private static int increment(Client client, Path here, String unique) throws Exception {
        Entry counted = once(client, () -> client.get(COUNTER));
        if (counted == null || counted.value() == null) {
            throw new AssertionError("the counter is gone");
        }
        long count = (Long) Objects.requireNonNull(Values.decode(counted.value()));
        Write increment = Write.set(COUNTER, Values.encode(count + 1), Expectation.at(counted.tick()));
        Write note = Write.set(here, Values.encode(unique), Expectation.absent());
        try {
            once(client, () -> client.commit(new Commit(List.of(increment, note), List.of())));
            return 1;
        } catch (ConflictException e) {
            return 0;
        }
    }

    /** Every text was written once, and whatever was deleted was so once. */
    private static void check(Watch watch, long end) throws InterruptedException {
        Map<Path, Object> written = new HashMap<>();
        Map<Path, Integer> deleted = new HashMap<>();
        while (true) {
            if (!(watch.next() instanceof WatchEvent.Changed(Entry entry))) {
                continue;
            }
            if (entry.tick() == end) {
                return;
            }
            if (entry.value() == null) {
                assertThat(deleted.merge(entry.path(), 1, Integer::sum))
                        .as("deletions of " + entry.path())
                        .isEqualTo(1);
            } else if (!entry.path().equals(COUNTER)) {
                assertThat(written.put(entry.path(), Values.decode(entry.value())))
                        .as("what was at " + entry.path() + " before")
                        .isNull();
            }
        }
    }
}
