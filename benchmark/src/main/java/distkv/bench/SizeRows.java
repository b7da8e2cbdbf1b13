package distkv.bench;

import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/** Rows 8 and 9: a server with a million entries. */
final class SizeRows {
    private static final int ENTRIES = 1_000_000;
    private static final int ORIGINAL_ENTRIES = 10_000;

    private SizeRows() {}

    static List<Result> memory(Lab lab) throws Exception {
        try (Ours ours = lab.fresh("memory", "server")) {
            Loads.pipelined(ours.address(), 16, Requests.fill("warm"), 1);
            long empty = ours.resident();
            fill(lab, ours);
            double bytes = (ours.resident() - empty) / (double) ENTRIES;
            String measure = "memory per entry at 1 M entries, " + ours.heapLimit();
            List<Result.Peer> peers = List.of(
                    new Result.Peer("DistKV 0.65 at 10,000 entries", original(lab)),
                    new Result.Peer("Redis", redis(lab)));
            return List.of(new Result(8, measure, "bytes", bytes, peers, "≤ 400 bytes", bytes <= 400));
        }
    }

    static List<Result> start(Lab lab) throws Exception {
        try (Ours ours = lab.fresh("start", "server")) {
            fill(lab, ours);
            Redis redis = lab.redis();
            redis.fill(ENTRIES);
            List<Double> seconds = new ArrayList<>();
            List<Double> peer = new ArrayList<>();
            for (int i = 0; i < 3; i++) {
                seconds.add(ours.restart(Requests.getOf("big", 0)));
                peer.add(redis.restart());
            }
            double value = median(seconds);
            return List.of(new Result(
                    9,
                    "start with 1 M entries to the first reply",
                    "s",
                    value,
                    List.of(new Result.Peer("Redis, reading its append-only file", median(peer))),
                    "≤ 2.5 s",
                    value <= 2.5));
        }
    }

    private static void fill(Lab lab, Ours ours) throws IOException {
        double rate = Loads.pipelined(ours.address(), 1024, Requests.fill("big"), ENTRIES);
        lab.say("  1,000,000 entries written, " + Result.number(rate) + " durable sets/s over one connection");
    }

    private static double original(Lab lab) throws Exception {
        Original original = lab.original();
        long before = original.resident();
        Loads.pipelined(original.address(), 16, Requests.fill("big"), ORIGINAL_ENTRIES);
        return (original.resident() - before) / (double) ORIGINAL_ENTRIES;
    }

    private static double redis(Lab lab) throws Exception {
        Redis redis = lab.redis();
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
