package distkv.bench;

import java.util.List;

/**
 * What was found earlier, on a machine of this kind, of peers that no run here can measure: the runner of DistKV 0.65
 * does not start with the libraries that it is released with, and took repairs to be measured once.
 */
final class Peers {
    private static final String ORIGINAL = "DistKV 0.65, measured earlier";

    /** Row 12, in ms: 8 to 10 of a runner that is warm, at times 3.6 s. */
    static final List<Result.Peer> STARTS = List.of(new Result.Peer(ORIGINAL, 9));

    /** Row 12, in ms: 46 to 49 s. */
    static final List<Result.Peer> FIRST = List.of(new Result.Peer(ORIGINAL, 47_500));

    /** Row 13, in s: it starts one job a second. */
    static final List<Result.Peer> THOUSAND = List.of(new Result.Peer(ORIGINAL, 1_000));

    /** Row 14, in ms: on a small board. */
    static final List<Result.Peer> REACTION = List.of(new Result.Peer("DistKV 0.65, its own figure", 25));

    /** Row 15, in events/s, paced; more of them end the job. */
    static final List<Result.Peer> EVENTS = List.of(new Result.Peer(ORIGINAL, 1_465));

    /** Row 17, in s: as tuned as it can be; 142 s by default. */
    static final List<Result.Peer> FAILOVER = List.of(new Result.Peer(ORIGINAL + ", tuned", 13));

    private Peers() {}
}
