package distkv.bench;

import distkv.bench.load.FanOut;
import distkv.bench.load.LoadGenerator;
import distkv.bench.load.Requests;
import distkv.bench.process.DistkvServer;
import distkv.bench.process.EtcdServer;
import distkv.bench.process.OriginalServer;
import java.time.Duration;
import java.util.List;

/** Rows 5 to 7: how fast changes and trees reach their readers. */
final class WatchRows {
    private static final Duration WARM_UP = Duration.ofSeconds(2);
    private static final Duration TIME = Duration.ofSeconds(2);
    private static final int TREE = 10_000;

    private WatchRows() {}

    static List<BenchResult> seen(Testbed testbed) throws Exception {
        DistkvServer ours = testbed.ours();
        EtcdServer etcd = testbed.etcd();
        OriginalServer original = testbed.original();
        List<BenchResult.PeerFigure> medians = new Comparison()
                .enter("DistKV for Java", time -> LoadGenerator.seen(ours.address(), time))
                .enter("etcd", etcd::seen)
                .enter("DistKV 0.65 (not durable)", time -> LoadGenerator.seen(original.address(), time))
                .run(WARM_UP, TIME);
        double value = medians.getFirst().value();
        boolean met = value <= 0.5 && value < medians.get(1).value();
        return List.of(new BenchResult(
                5,
                "set seen by a watcher, p50",
                "ms",
                value,
                medians.subList(1, medians.size()),
                "≤ 0.5 ms, below etcd",
                met));
    }

    static List<BenchResult> deliveries(Testbed testbed) throws Exception {
        DistkvServer ours = testbed.ours();
        OriginalServer original = testbed.original();
        // The original drops a watch that lags by 100 changes, so its writer waits for each reply.
        List<BenchResult.PeerFigure> rates = new Comparison()
                .enter("DistKV for Java", time -> FanOut.deliveries(ours.address(), 64, 5000 * (int) time.toSeconds()))
                .enter("DistKV 0.65", time -> FanOut.deliveries(original.address(), 1, 100 * (int) time.toSeconds()))
                .run(WARM_UP, TIME);
        double value = rates.getFirst().value();
        return List.of(new BenchResult(
                6,
                "deliveries, one writer, 50 watchers",
                "changes/s",
                value,
                rates.subList(1, 2),
                "≥ 200,000/s",
                value >= 200_000));
    }

    static List<BenchResult> tree(Testbed testbed) throws Exception {
        DistkvServer ours = testbed.ours();
        OriginalServer original = testbed.original();
        LoadGenerator.pipelined(ours.address(), 256, Requests.fill("tree"), TREE);
        LoadGenerator.pipelined(original.address(), 16, Requests.fill("tree"), TREE);
        List<BenchResult.PeerFigure> rates = new Comparison()
                .enter("DistKV for Java", time -> LoadGenerator.tree(ours.address(), "tree", time))
                .enter("DistKV 0.65", time -> LoadGenerator.tree(original.address(), "tree", time))
                .run(WARM_UP, TIME);
        double value = rates.getFirst().value();
        return List.of(new BenchResult(
                7,
                "get_tree of 10,000 entries",
                "entries/s",
                value,
                rates.subList(1, 2),
                "≥ 300,000/s",
                value >= 300_000));
    }
}
