package distkv.bench;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** Rows 10 and 11: what a person waits for at the command line, and what stays in memory. */
final class ProcessRows {
    private static final int RUNS = 21;

    private ProcessRows() {}

    static List<Result> client(Lab lab) throws Exception {
        Ours ours = lab.ours();
        Original original = lab.original();
        List<String> get = ours.client("data", "get", "bench.g00.e0000000");
        List<String> theirs = original.with("client", "data", "bench.g00.e0000000", "get");
        List<Double> seconds = new ArrayList<>();
        List<Double> peer = new ArrayList<>();
        once(lab, get);
        once(lab, theirs);
        for (int i = 0; i < RUNS; i++) {
            seconds.add(once(lab, get));
            peer.add(once(lab, theirs));
        }
        double value = SizeRows.median(seconds);
        return List.of(new Result(
                10,
                "distkv client data get, whole process",
                "s",
                value,
                List.of(new Result.Peer("DistKV 0.65", SizeRows.median(peer))),
                "≤ 0.25 s",
                value <= 0.25));
    }

    private static double once(Lab lab, List<String> command) throws IOException {
        long start = System.nanoTime();
        String output = Program.run(lab.directory(), command);
        double seconds = (System.nanoTime() - start) / 1e9;
        if (!output.contains("v".repeat(50))) {
            throw new IOException(String.join(" ", command) + " printed " + output);
        }
        return seconds;
    }

    static List<Result> up(Lab lab) throws Exception {
        List<Double> seconds = new ArrayList<>();
        List<Double> megabytes = new ArrayList<>();
        for (int i = 0; i < 3; i++) {
            long start = System.nanoTime();
            try (Ours up = lab.fresh("up" + i, "up")) {
                try (Wire wire = new Wire(up.address())) {
                    wire.call(Requests.getOf("big", 0));
                }
                seconds.add((System.nanoTime() - start) / 1e9);
                // Until the runner and its Python parent are there and have gone quiet.
                TimeUnit.SECONDS.sleep(4);
                megabytes.add(up.program().proportional() / 1e6);
                if (i == 0) {
                    up.program().commands().forEach(line -> lab.say("  runs: " + line));
                }
            }
        }
        double time = SizeRows.median(seconds);
        double memory = SizeRows.median(megabytes);
        return List.of(
                new Result(11, "distkv up to the first reply", "s", time, List.of(), "≤ 1.0 s", time <= 1.0),
                new Result(
                        11,
                        "distkv up, memory of all its processes",
                        "MB",
                        memory,
                        List.of(),
                        "≤ 180 MB",
                        memory <= 180));
    }
}
