package distkv.bench;

import distkv.bench.load.BlockingConnection;
import distkv.bench.load.Requests;
import distkv.bench.process.DistkvServer;
import distkv.bench.process.ManagedProcess;
import distkv.bench.process.OriginalServer;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** Rows 10 and 11: what a user waits for at the command line, and what stays in memory. */
final class ProcessRows {
    private static final int RUNS = 21;

    private ProcessRows() {}

    static List<BenchResult> client(Testbed testbed) throws Exception {
        DistkvServer ours = testbed.ours();
        OriginalServer original = testbed.original();
        List<String> get = ours.client("data", "get", "bench.g00.e0000000");
        List<String> theirs = original.with("client", "data", "bench.g00.e0000000", "get");
        List<Double> seconds = new ArrayList<>();
        List<Double> peer = new ArrayList<>();
        once(testbed, get);
        once(testbed, theirs);
        for (int i = 0; i < RUNS; i++) {
            seconds.add(once(testbed, get));
            peer.add(once(testbed, theirs));
        }
        double value = SizeRows.median(seconds);
        return List.of(new BenchResult(
                10,
                "distkv client data get, whole process",
                "s",
                value,
                List.of(new BenchResult.PeerFigure("DistKV 0.65", SizeRows.median(peer))),
                "≤ 0.25 s",
                value <= 0.25));
    }

    private static double once(Testbed testbed, List<String> command) throws IOException {
        long start = System.nanoTime();
        String output = ManagedProcess.run(testbed.directory(), command);
        double seconds = (System.nanoTime() - start) / 1e9;
        if (!output.contains("v".repeat(50))) {
            throw new IOException(String.join(" ", command) + " printed " + output);
        }
        return seconds;
    }

    static List<BenchResult> up(Testbed testbed) throws Exception {
        List<Double> seconds = new ArrayList<>();
        List<Double> megabytes = new ArrayList<>();
        for (int i = 0; i < 3; i++) {
            long start = System.nanoTime();
            try (DistkvServer up = testbed.fresh("up" + i, "up")) {
                try (BlockingConnection connection = new BlockingConnection(up.address())) {
                    connection.call(Requests.getOf("big", 0));
                }
                seconds.add((System.nanoTime() - start) / 1e9);
                // Until the runner and its Python parent have started and are idle.
                TimeUnit.SECONDS.sleep(4);
                megabytes.add(up.program().proportional() / 1e6);
                if (i == 0) {
                    up.program().commands().forEach(line -> testbed.say("  runs: " + line));
                }
            }
        }
        double time = SizeRows.median(seconds);
        double memory = SizeRows.median(megabytes);
        return List.of(
                new BenchResult(11, "distkv up to the first reply", "s", time, List.of(), "≤ 1.0 s", time <= 1.0),
                new BenchResult(
                        11,
                        "distkv up, memory of all its processes",
                        "MB",
                        memory,
                        List.of(),
                        "≤ 180 MB",
                        memory <= 180));
    }
}
