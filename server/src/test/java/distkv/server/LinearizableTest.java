package distkv.server;

import static distkv.server.WireClient.path;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Random;
import java.util.TreeMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Several clients read, write, compare and delete a few paths, while the replica is late by chance. Every change has a
 * tick, so a history is linearizable if nobody sees a state of a path that is older than one that was seen, or made,
 * before they asked.
 */
@Timeout(120)
class LinearizableTest {
    private static final int CLIENTS = 4;
    private static final int PATHS = 2;
    private static final int STEPS = Integer.getInteger("long.steps", 400);

    /**
     * What one request has seen.
     *
     * @param tick who wrote what it saw last, {@code null} if nothing was there
     * @param wrote whether that is its own write; a deletion then, if {@code deleted}
     */
    private record Seen(
            int path, long asked, long answered, @Nullable Long tick, boolean wrote, boolean deleted) {}

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3})
    void nobodySeesWhatWasOverBeforeTheyAsked(long seed) throws Exception {
        Random delays = new Random(seed);
        HeldBackStore store =
                new HeldBackStore(() -> () -> LockSupport.parkNanos(delays.nextInt(4) == 0 ? 500_000 : 1));
        List<Seen> history = new ArrayList<>();
        try (ServerFixture fixture = new ServerFixture(ServerFixture.OPTIONS, store);
                ExecutorService threads = Executors.newFixedThreadPool(CLIENTS)) {
            List<Future<List<Seen>>> runs = new ArrayList<>();
            for (int client = 0; client < CLIENTS; client++) {
                WireClient wire = fixture.wire();
                Random choices = new Random(seed * 100 + client);
                runs.add(threads.submit(() -> run(wire, choices)));
            }
            for (Future<List<Seen>> run : runs) {
                history.addAll(run.get());
            }
        }
        for (int path = 0; path < PATHS; path++) {
            int wanted = path;
            check(history.stream().filter(seen -> seen.path() == wanted).toList());
        }
    }

    private static List<Seen> run(WireClient wire, Random choices) throws IOException {
        List<Seen> history = new ArrayList<>();
        @Nullable Long[] known = new Long[PATHS];
        for (int step = 0; step < STEPS; step++) {
            int path = choices.nextInt(PATHS);
            long asked = System.nanoTime();
            Seen seen = step(wire, choices.nextInt(5), path, known[path], asked);
            history.add(seen);
            known[path] = seen.deleted() ? null : seen.tick();
        }
        return history;
    }

    private static Seen step(WireClient wire, int kind, int path, @Nullable Long known, long asked) throws IOException {
        Object chain = known == null ? null : ServerFixture.chain(known);
        Map<String, Object> reply = switch (kind) {
            case 0, 1 -> wire.call("set_value", "path", path("p", path), "value", asked, "chain", chain);
            case 2 ->
                known == null
                        ? wire.call("set_value", "path", path("p", path), "value", asked)
                        : wire.call("delete_value", "path", path("p", path), "chain", chain);
            default -> wire.call("get_value", "path", path("p", path));
        };
        long answered = System.nanoTime();
        if (reply.containsKey("error")) {
            assertThat(reply).containsEntry("etype", "chain");
            return new Seen(path, asked, answered, (Long) reply.get("tick"), false, false);
        }
        boolean wrote = kind <= 2;
        Long tick = wrote || reply.containsKey("value") ? (Long) reply.get("tock") : null;
        return new Seen(path, asked, answered, tick, wrote, kind == 2 && known != null);
    }

    /** Gives each request the earliest state that it can have seen, and refuses one that was over by then. */
    private static void check(List<Seen> history) {
        NavigableMap<Long, Boolean> deletions = new TreeMap<>(Map.of(0L, true));
        history.stream().filter(Seen::wrote).forEach(seen -> deletions.put(seen.tick(), seen.deleted()));
        List<Seen> byAsked =
                history.stream().sorted(Comparator.comparingLong(Seen::asked)).toList();
        List<long[]> done = new ArrayList<>();
        for (Seen seen : byAsked) {
            long least = done.stream()
                    .filter(one -> one[0] < seen.asked())
                    .mapToLong(one -> one[1])
                    .max()
                    .orElse(0);
            long state;
            if (seen.tick() != null) {
                state = seen.tick();
            } else {
                state = deletions.tailMap(least, true).entrySet().stream()
                        .filter(Map.Entry::getValue)
                        .map(Map.Entry::getKey)
                        .findFirst()
                        .orElse(-1L);
            }
            assertThat(state).as("%s, after state %d of it", seen, least).isGreaterThanOrEqualTo(least);
            done.add(new long[] {seen.answered(), state});
        }
        assertThat(Collections.max(deletions.keySet()))
                .as("something was written")
                .isPositive();
    }
}
