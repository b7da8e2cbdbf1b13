package distkv.bench;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.List;

/** Rows 1 to 4: gets and sets, by many at once and by one alone. */
final class RequestRows {
    private static final Duration WARM_UP = Duration.ofSeconds(3);
    private static final Duration TIME = Duration.ofSeconds(2);
    private static final int CONNECTIONS = 64;

    private RequestRows() {}

    static List<Result> gets(Lab lab) throws Exception {
        List<Result.Peer> rates = getting(lab, CONNECTIONS);
        return result(1, "get, 64 connections", rates, "≥ 1.5 × Redis", ratio(rates, 1) >= 1.5);
    }

    static List<Result> serialGets(Lab lab) throws Exception {
        List<Result.Peer> rates = getting(lab, 1);
        boolean met = rates.getFirst().value() >= 15_000;
        return result(2, "get, one after another", rates, "≥ 15,000/s", met);
    }

    static List<Result> sets(Lab lab) throws Exception {
        List<Result.Peer> rates = setting(lab, CONNECTIONS);
        boolean met = ratio(rates, 1) >= 0.8 && ratio(rates, 2) >= 5;
        return result(3, "set, durable, 64 connections", rates, "≥ 0.8 × Redis, ≥ 5 × etcd", met);
    }

    static List<Result> serialSets(Lab lab) throws Exception {
        List<Result.Peer> rates = setting(lab, 1);
        return result(4, "set, durable, one after another", rates, "≥ 0.6 × Redis", ratio(rates, 1) >= 0.6);
    }

    private static List<Result.Peer> getting(Lab lab, int connections) throws Exception {
        Ours ours = lab.ours();
        Redis redis = lab.redis();
        Original original = lab.original();
        Requests.Talk gets = Requests.gets("bench", Requests.ENTRIES);
        Requests.Talk fewer = Requests.gets("bench", Original.ENTRIES);
        return new Contest()
                .enter("DistKV for Java", time -> rate(ours.address(), connections, gets, time))
                .enter("Redis GET", time -> redis.rate("get", connections, time))
                .enter("DistKV 0.65", time -> rate(original.address(), connections, fewer, time))
                .run(WARM_UP, TIME);
    }

    private static List<Result.Peer> setting(Lab lab, int connections) throws Exception {
        Ours ours = lab.ours();
        Redis redis = lab.redis();
        Etcd etcd = lab.etcd();
        Original original = lab.original();
        Requests.Talk sets = Requests.sets("bench", Requests.ENTRIES);
        Requests.Talk fewer = Requests.sets("bench", Original.ENTRIES);
        return new Contest()
                .enter("DistKV for Java", time -> rate(ours.address(), connections, sets, time))
                .enter("Redis SET, appendfsync always", time -> redis.rate("set", connections, time))
                .enter("etcd put", time -> etcd.puts(connections, time))
                .enter("DistKV 0.65 (not durable)", time -> rate(original.address(), connections, fewer, time))
                .run(WARM_UP, TIME);
    }

    /** One connection is best used by a thread that blocks, many by one that waits for all of them. */
    private static double rate(InetSocketAddress server, int connections, Requests.Talk talk, Duration time)
            throws IOException {
        return connections == 1 ? Loads.serial(server, talk, time) : Loads.closedLoop(server, connections, talk, time);
    }

    private static double ratio(List<Result.Peer> rates, int peer) {
        return rates.getFirst().value() / rates.get(peer).value();
    }

    private static List<Result> result(int row, String measure, List<Result.Peer> rates, String target, boolean met) {
        double value = rates.getFirst().value();
        return List.of(new Result(row, measure, "requests/s", value, rates.subList(1, rates.size()), target, met));
    }
}
