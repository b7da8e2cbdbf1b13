package distkv.store.sqlite;

import distkv.model.Commit;
import distkv.model.Expectation;
import distkv.model.Origin;
import distkv.model.Path;
import distkv.model.Revision;
import distkv.model.Value;
import distkv.model.Write;
import distkv.store.ChangeFeed;
import distkv.store.CommitOutcome;
import java.io.IOException;
import java.nio.file.Files;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** Measures this engine alone. Run it by hand: {@code Speed [seconds [author]]}; it prints figures and asserts nothing. */
final class Speed {
    private static final int KEYS = 100_000;
    private static final int ENTRIES = 1_000_000;

    private Speed() {}

    public static void main(String[] arguments) throws Exception {
        Duration time =
                Duration.ofMillis((long) (Double.parseDouble(arguments.length > 0 ? arguments[0] : "3") * 1000));
        Origin author = arguments.length > 1 ? new Origin(arguments[1], 256) : null;
        java.nio.file.Path directory = Files.createTempDirectory("distkv-speed");
        try {
            for (int inFlight : new int[] {1, 64, 1, 64, 1024}) {
                commits(directory.resolve("commits"), inFlight, time, author);
            }
            loading(directory.resolve("load"), author);
        } finally {
            remove(directory);
        }
    }

    private static void commits(java.nio.file.Path directory, int inFlight, Duration time, @Nullable Origin author)
            throws Exception {
        try (SqliteStore store = SqliteStore.open(directory, SqliteOptions.of("speed"));
                ChangeFeed feed = store.follow(store.load().revision())) {
            Thread reader = Thread.startVirtualThread(() -> readAll(feed));
            AtomicBoolean over = new AtomicBoolean();
            long[] counts = new long[inFlight];
            List<long[]> latencies = new ArrayList<>();
            List<Thread> threads = new ArrayList<>();
            long start = System.nanoTime();
            for (int i = 0; i < inFlight; i++) {
                int id = i;
                long[] nanos = new long[1 << 16];
                latencies.add(nanos);
                threads.add(Thread.startVirtualThread(() -> {
                    int random = id * 7919;
                    while (!over.get()) {
                        random = random * 1103515245 + 12345;
                        long before = System.nanoTime();
                        CommitOutcome outcome = store.commit(
                                        write(Math.floorMod(random >> 8, KEYS)).from(author))
                                .join();
                        nanos[(int) counts[id] & 0xFFFF] = System.nanoTime() - before;
                        if (!(outcome instanceof CommitOutcome.Committed)) {
                            throw new IllegalStateException(outcome.toString());
                        }
                        counts[id]++;
                    }
                }));
            }
            Thread.sleep(time);
            over.set(true);
            for (Thread thread : threads) {
                thread.join();
            }
            double seconds = (System.nanoTime() - start) / 1e9;
            long total = Arrays.stream(counts).sum();
            long[] all = latencies.stream()
                    .flatMapToLong(Arrays::stream)
                    .filter(n -> n > 0)
                    .sorted()
                    .toArray();
            System.out.printf(
                    "%4d in flight: %7.0f commits/s, p50 %.2f ms, p99 %.2f ms, max %.1f ms; file %d MB, log %d MB%n",
                    inFlight,
                    total / seconds,
                    all[all.length / 2] / 1e6,
                    all[all.length * 99 / 100] / 1e6,
                    all[all.length - 1] / 1e6,
                    Files.size(directory.resolve("store.db")) >> 20,
                    Files.size(directory.resolve("store.db-wal")) >> 20);
            reader.interrupt();
        }
    }

    private static void readAll(ChangeFeed feed) {
        try {
            while (feed.next() != null) {
                // Only the reading is wanted.
            }
        } catch (Exception e) {
            Thread.currentThread().interrupt();
        }
    }

    private static Commit write(int key) {
        return Commit.of(Write.set(path(key), new Value(new byte[50]), Expectation.anything()));
    }

    private static Path path(int key) {
        return Path.of("bench", "d" + key % 100, "k" + key);
    }

    private static void loading(java.nio.file.Path directory, @Nullable Origin author) throws Exception {
        try (SqliteStore store = SqliteStore.open(directory, SqliteOptions.of("speed"))) {
            List<CompletableFuture<CommitOutcome>> asked = new ArrayList<>();
            for (int at = 0; at < ENTRIES; at += Revision.MAX_WRITES) {
                List<Write> writes = new ArrayList<>();
                for (int i = at; i < Math.min(ENTRIES, at + Revision.MAX_WRITES); i++) {
                    writes.add(Write.set(
                            path((int) (i * 7919L % ENTRIES)), new Value(new byte[50]), Expectation.anything()));
                }
                // Each commit is another run's.
                Origin run = author == null ? null : new Origin(author.by() + "#" + at, author.cause());
                asked.add(store.commit(new Commit(writes, List.of()).from(run)));
            }
            asked.forEach(CompletableFuture::join);
        }
        for (int i = 0; i < 3; i++) {
            long start = System.nanoTime();
            try (SqliteStore store = SqliteStore.open(directory, SqliteOptions.of("speed"))) {
                long opened = System.nanoTime();
                int count = store.load().entries().size();
                long loaded = System.nanoTime();
                System.gc();
                Runtime runtime = Runtime.getRuntime();
                System.out.printf(
                        "%d entries: opened in %.2f s, loaded and sorted in %.2f s, %d bytes of heap each%n",
                        count,
                        (opened - start) / 1e9,
                        (loaded - opened) / 1e9,
                        (runtime.totalMemory() - runtime.freeMemory()) / count);
            }
        }
    }

    private static void remove(java.nio.file.Path directory) throws IOException {
        try (Stream<java.nio.file.Path> files = Files.walk(directory)) {
            for (java.nio.file.Path file :
                    files.sorted(Comparator.reverseOrder()).toList()) {
                Files.delete(file);
            }
        }
    }
}
