package distkv.bench;

import distkv.bench.load.LoadGenerator;
import distkv.bench.load.Requests;
import distkv.bench.process.DistkvServer;
import distkv.bench.process.EtcdServer;
import distkv.bench.process.OriginalServer;
import distkv.bench.process.RedisServer;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Rows 1 to 4: gets and sets, from many connections and from one. */
final class RequestRows {
    private static final Duration WARM_UP = Duration.ofSeconds(3);
    private static final Duration TIME = Duration.ofSeconds(2);
    private static final int CONNECTIONS = 64;
    /** For a server that has not been used in other rows before. */
    private static final Duration LONG_WARM_UP = Duration.ofSeconds(8);

    private static final int SHORT_ROUNDS = 11;
    private static final Duration SHORT_TIME = Duration.ofMillis(700);
    private static final Requests.Talk GETS = Requests.gets("bench", Requests.ENTRIES);
    private static final Requests.Talk SETS = Requests.sets("bench", Requests.ENTRIES);

    private RequestRows() {}

    static List<BenchResult> gets(Testbed testbed) throws Exception {
        List<BenchResult.PeerFigure> rates = getting(testbed, CONNECTIONS);
        return List.of(
                result(1, "get, 64 connections", rates, "≥ 1.5 × Redis", ratio(rates, 1) >= 1.5),
                guarded(testbed, 1, CONNECTIONS, GETS));
    }

    static List<BenchResult> serialGets(Testbed testbed) throws Exception {
        List<BenchResult.PeerFigure> rates = getting(testbed, 1);
        return List.of(
                result(2, "get, one after another", rates, "≥ 1.0 × Redis", ratio(rates, 1) >= 1.0),
                guarded(testbed, 2, 1, GETS));
    }

    static List<BenchResult> sets(Testbed testbed) throws Exception {
        List<BenchResult.PeerFigure> rates = setting(testbed, CONNECTIONS);
        boolean met = ratio(rates, 1) >= 1.0 && ratio(rates, 2) >= 5;
        return List.of(
                result(3, "set, durable, 64 connections", rates, "≥ 1.0 × Redis, ≥ 5 × etcd", met),
                guarded(testbed, 3, CONNECTIONS, SETS));
    }

    static List<BenchResult> serialSets(Testbed testbed) throws Exception {
        List<BenchResult.PeerFigure> rates = setting(testbed, 1);
        return List.of(
                result(4, "set, durable, one after another", rates, "≥ 0.9 × Redis", ratio(rates, 1) >= 0.9),
                guarded(testbed, 4, 1, SETS));
    }

    private static List<BenchResult.PeerFigure> getting(Testbed testbed, int connections) throws Exception {
        DistkvServer ours = testbed.ours();
        RedisServer redis = testbed.redis();
        OriginalServer original = testbed.original();
        Requests.Talk fewer = Requests.gets("bench", OriginalServer.ENTRIES);
        return new Comparison()
                .enter("DistKV for Java", time -> rate(ours.address(), connections, GETS, time))
                .enter("Redis GET", time -> redis.rate("get", connections, time))
                .enter("DistKV 0.65", time -> rate(original.address(), connections, fewer, time))
                .run(WARM_UP, TIME);
    }

    private static List<BenchResult.PeerFigure> setting(Testbed testbed, int connections) throws Exception {
        DistkvServer ours = testbed.ours();
        RedisServer redis = testbed.redis();
        EtcdServer etcd = testbed.etcd();
        OriginalServer original = testbed.original();
        Requests.Talk fewer = Requests.sets("bench", OriginalServer.ENTRIES);
        return new Comparison()
                .enter("DistKV for Java", time -> rate(ours.address(), connections, SETS, time))
                .enter("Redis SET, appendfsync always", time -> redis.rate("set", connections, time))
                .enter("etcd put", time -> etcd.puts(connections, time))
                .enter("DistKV 0.65 (not durable)", time -> rate(original.address(), connections, fewer, time))
                .run(WARM_UP, TIME);
    }

    /** What it costs that clients are logged in by a token, and their rights checked. */
    private static BenchResult guarded(Testbed testbed, int row, int connections, Requests.Talk talk) throws Exception {
        Testbed.Twins twins = testbed.twins();
        InetSocketAddress open = twins.open().address();
        InetSocketAddress closed = twins.closed().address();
        List<BenchResult.PeerFigure> rates = new Comparison(SHORT_ROUNDS)
                .enter("", time -> rate(closed, connections, twins.logIn(), talk, time))
                .enter("without", time -> rate(open, connections, talk, time))
                .run(LONG_WARM_UP, SHORT_TIME);
        return result(row, "the same, with log-in and rights", rates, "≥ 0.95 × without", ratio(rates, 1) >= 0.95);
    }

    /** A single connection is fastest with a blocking thread, many with one thread that multiplexes them. */
    private static double rate(InetSocketAddress server, int connections, Requests.Talk talk, Duration time)
            throws IOException {
        return rate(server, connections, null, talk, time);
    }

    private static double rate(
            InetSocketAddress server, int connections, Requests.@Nullable Talk logIn, Requests.Talk talk, Duration time)
            throws IOException {
        return connections == 1
                ? LoadGenerator.serial(server, logIn, talk, time)
                : LoadGenerator.closedLoop(server, connections, logIn, talk, time);
    }

    private static double ratio(List<BenchResult.PeerFigure> rates, int peer) {
        return rates.getFirst().value() / rates.get(peer).value();
    }

    private static BenchResult result(
            int row, String measure, List<BenchResult.PeerFigure> rates, String target, boolean met) {
        double value = rates.getFirst().value();
        return new BenchResult(row, measure, "requests/s", value, rates.subList(1, rates.size()), target, met);
    }
}
