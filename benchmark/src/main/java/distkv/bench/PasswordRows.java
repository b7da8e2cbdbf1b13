package distkv.bench;

import distkv.bench.load.BlockingConnection;
import distkv.bench.load.LoadGenerator;
import distkv.bench.load.Requests;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;

/** Row 28: what others notice of somebody who tries one wrong password after another. */
final class PasswordRows {
    private static final Duration WARM_UP = Duration.ofSeconds(3);
    private static final Duration TIME = Duration.ofSeconds(2);
    private static final int CONNECTIONS = 64;
    private static final int ROUNDS = 5;

    private final Testbed.Twins twins;
    private final AtomicInteger tried = new AtomicInteger();

    private PasswordRows(Testbed.Twins twins) {
        this.twins = twins;
    }

    static List<BenchResult> gets(Testbed testbed) throws Exception {
        PasswordRows rows = new PasswordRows(testbed.twins());
        List<BenchResult> results = List.of(
                rows.gets("gets of others while a client tries wrong passwords", 1),
                rows.gets("the same, from 250 addresses in turns, each time as another user", 250));
        testbed.say("  wrong passwords: " + rows.tried);
        return results;
    }

    /** @param addresses from how many the passwords come */
    private BenchResult gets(String measure, int addresses) throws Exception {
        List<BenchResult.PeerFigure> rates = new Comparison(ROUNDS)
                .enter("", time -> whileGuessing(addresses, time))
                .enter("without", this::rate)
                .run(WARM_UP, TIME);
        double value = rates.getFirst().value();
        return new BenchResult(
                28,
                measure,
                "requests/s",
                value,
                rates.subList(1, rates.size()),
                "≥ 0.8 × without",
                value >= 0.8 * rates.get(1).value());
    }

    private double rate(Duration time) throws IOException {
        Requests.Talk gets = Requests.gets("bench", Requests.ENTRIES);
        return LoadGenerator.closedLoop(twins.closed().address(), CONNECTIONS, twins.logIn(), gets, time);
    }

    private double whileGuessing(int addresses, Duration time) throws IOException {
        AtomicBoolean over = new AtomicBoolean();
        CompletableFuture<Void> guesser = CompletableFuture.runAsync(() -> guess(addresses, over));
        try {
            return rate(time);
        } finally {
            over.set(true);
            guesser.join();
        }
    }

    private void guess(int addresses, AtomicBoolean over) {
        try {
            while (!over.get()) {
                int which = tried.incrementAndGet();
                String user = addresses == 1 ? "bench" : "user" + which;
                InetSocketAddress from = new InetSocketAddress("127.0.1." + (1 + which % addresses), 0);
                try (BlockingConnection connection =
                        new BlockingConnection(twins.closed().address(), from)) {
                    connection.beRefused(Requests.password(user, "wrong" + which));
                }
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
