package distkv.bench;

import java.util.List;

/**
 * Figures of peers, measured earlier on a similar machine, that cannot be measured here: the runner of DistKV 0.65 does
 * not start with the libraries it was released with, and needed repairs to be measured once.
 */
final class RecordedFigures {
    private static final String ORIGINAL = "DistKV 0.65, measured earlier";

    /** Row 12, in ms: 8 to 10 of a runner that is warm, at times 3.6 s. */
    static final List<BenchResult.PeerFigure> STARTS = List.of(new BenchResult.PeerFigure(ORIGINAL, 9));

    /** Row 12, in ms: 46 to 49 s. */
    static final List<BenchResult.PeerFigure> FIRST = List.of(new BenchResult.PeerFigure(ORIGINAL, 47_500));

    /** Row 13, in s: it starts one job a second. */
    static final List<BenchResult.PeerFigure> THOUSAND = List.of(new BenchResult.PeerFigure(ORIGINAL, 1_000));

    /** Row 14, in ms: on a small board. */
    static final List<BenchResult.PeerFigure> REACTION =
            List.of(new BenchResult.PeerFigure("DistKV 0.65, its own figure", 25));

    /** Row 15, in events/s, paced; more of them end the job. */
    static final List<BenchResult.PeerFigure> EVENTS = List.of(new BenchResult.PeerFigure(ORIGINAL, 1_465));

    /** Row 17, in s: as tuned as it can be; 142 s by default. */
    static final List<BenchResult.PeerFigure> FAILOVER = List.of(new BenchResult.PeerFigure(ORIGINAL + ", tuned", 13));

    private RecordedFigures() {}
}
