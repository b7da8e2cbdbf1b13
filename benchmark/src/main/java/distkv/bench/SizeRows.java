package distkv.bench;

import distkv.bench.load.LoadGenerator;
import distkv.bench.load.Requests;
import distkv.bench.process.DistkvServer;
import distkv.bench.process.OriginalServer;
import distkv.bench.process.RedisServer;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/** Rows 8 and 9: a server with a million entries. */
final class SizeRows {
    private static final int ENTRIES = 1_000_000;
    private static final int ORIGINAL_ENTRIES = 10_000;

    private SizeRows() {}

    static List<BenchResult> memory(Testbed testbed) throws Exception {
        try (DistkvServer ours = testbed.fresh("memory", "server")) {
            LoadGenerator.pipelined(ours.address(), 16, Requests.fill("warm"), 1);
            long empty = ours.resident();
            fill(testbed, ours);
            double bytes = (ours.resident() - empty) / (double) ENTRIES;
            String measure = "memory per entry at 1 M entries, " + ours.heapLimit();
            List<BenchResult.PeerFigure> peers = List.of(
                    new BenchResult.PeerFigure("DistKV 0.65 at 10,000 entries", original(testbed)),
                    new BenchResult.PeerFigure("Redis", redis(testbed)));
            return List.of(new BenchResult(8, measure, "bytes", bytes, peers, "≤ 400 bytes", bytes <= 400));
        }
    }

    static List<BenchResult> start(Testbed testbed) throws Exception {
        try (DistkvServer ours = testbed.fresh("start", "server")) {
            fill(testbed, ours);
            RedisServer redis = testbed.redis();
            redis.fill(ENTRIES);
            List<Double> seconds = new ArrayList<>();
            List<Double> peer = new ArrayList<>();
            for (int i = 0; i < 3; i++) {
                seconds.add(ours.restart(Requests.getOf("big", 0)));
                peer.add(redis.restart());
            }
            double value = median(seconds);
            return List.of(new BenchResult(
                    9,
                    "start with 1 M entries to the first reply",
                    "s",
                    value,
                    List.of(new BenchResult.PeerFigure("Redis, reading its append-only file", median(peer))),
                    "≤ 2.5 s",
                    value <= 2.5));
        }
    }

    private static void fill(Testbed testbed, DistkvServer ours) throws IOException {
        double rate = LoadGenerator.pipelined(ours.address(), 1024, Requests.fill("big"), ENTRIES);
        testbed.say("  1,000,000 entries written, " + BenchResult.number(rate) + " durable sets/s over one connection");
    }

    private static double original(Testbed testbed) throws Exception {
        OriginalServer original = testbed.original();
        long before = original.resident();
        LoadGenerator.pipelined(original.address(), 16, Requests.fill("big"), ORIGINAL_ENTRIES);
        return (original.resident() - before) / (double) ORIGINAL_ENTRIES;
    }

    private static double redis(Testbed testbed) throws Exception {
        RedisServer redis = testbed.redis();
        long before = redis.resident();
        redis.fill(ENTRIES);
        return (redis.resident() - before) / (double) ENTRIES;
    }

    static double median(List<Double> values) {
        double[] sorted = values.stream().mapToDouble(Double::doubleValue).toArray();
        Arrays.sort(sorted);
        return sorted[sorted.length / 2];
    }
}
