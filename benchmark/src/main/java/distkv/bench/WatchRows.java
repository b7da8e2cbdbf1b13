package distkv.bench;

import java.time.Duration;
import java.util.List;

/** Rows 5 to 7: how fast changes and trees reach those who read them. */
final class WatchRows {
    private static final Duration WARM_UP = Duration.ofSeconds(2);
    private static final Duration TIME = Duration.ofSeconds(2);
    private static final int TREE = 10_000;

    private WatchRows() {}

    static List<Result> seen(Lab lab) throws Exception {
        Ours ours = lab.ours();
        Etcd etcd = lab.etcd();
        Original original = lab.original();
        List<Result.Peer> medians = new Contest()
                .enter("DistKV for Java", time -> Loads.seen(ours.address(), time))
                .enter("etcd", etcd::seen)
                .enter("DistKV 0.65 (not durable)", time -> Loads.seen(original.address(), time))
                .run(WARM_UP, TIME);
        double value = medians.getFirst().value();
        boolean met = value <= 0.5 && value < medians.get(1).value();
        return List.of(new Result(
                5,
                "set seen by a watcher, p50",
                "ms",
                value,
                medians.subList(1, medians.size()),
                "≤ 0.5 ms, below etcd",
                met));
    }

    static List<Result> deliveries(Lab lab) throws Exception {
        Ours ours = lab.ours();
        Original original = lab.original();
        // The original drops a watch that lags by 100 changes, so its writer waits for each reply.
        List<Result.Peer> rates = new Contest()
                .enter("DistKV for Java", time -> FanOut.deliveries(ours.address(), 64, 5000 * (int) time.toSeconds()))
                .enter("DistKV 0.65", time -> FanOut.deliveries(original.address(), 1, 100 * (int) time.toSeconds()))
                .run(WARM_UP, TIME);
        double value = rates.getFirst().value();
        return List.of(new Result(
                6,
                "deliveries, one writer, 50 watchers",
                "changes/s",
                value,
                rates.subList(1, 2),
                "≥ 200,000/s",
                value >= 200_000));
    }

    static List<Result> tree(Lab lab) throws Exception {
        Ours ours = lab.ours();
        Original original = lab.original();
        Loads.pipelined(ours.address(), 256, Requests.fill("tree"), TREE);
        Loads.pipelined(original.address(), 16, Requests.fill("tree"), TREE);
        List<Result.Peer> rates = new Contest()
                .enter("DistKV for Java", time -> Loads.tree(ours.address(), "tree", time))
                .enter("DistKV 0.65", time -> Loads.tree(original.address(), "tree", time))
                .run(WARM_UP, TIME);
        double value = rates.getFirst().value();
        return List.of(new Result(
                7,
                "get_tree of 10,000 entries",
                "entries/s",
                value,
                rates.subList(1, 2),
                "≥ 300,000/s",
                value >= 300_000));
    }
}
