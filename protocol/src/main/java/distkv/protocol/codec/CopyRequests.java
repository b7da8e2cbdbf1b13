package distkv.protocol.codec;

import distkv.protocol.Request;
import distkv.protocol.Seq;

/** Reads and writes the requests about copies of a tree. */
final class CopyRequests {
    /** Stands for no revision, and no tick. */
    private static final long NONE = -1;

    private CopyRequests() {}

    static Request read(Action action, Seq seq, MapReader fields) {
        return switch (action) {
            case COPY_FOLLOW ->
                new Request.FollowStore(
                        seq,
                        fields.textOrNull(Key.SEAL),
                        fields.number(Key.SINCE, NONE),
                        fields.has(Key.RESUME) ? fields.text(Key.RESUME) : "",
                        fields.number(Key.TICK, NONE));
            case COPY_PROMOTE -> new Request.PromoteCopy(seq, fields.flag(Key.FORCE));
            default -> throw new IllegalArgumentException(action.toString());
        };
    }

    static void write(MapWriter map, Request.OfCopies request) {
        switch (request) {
            case Request.FollowStore follow -> {
                map.text(Key.ACTION, Action.COPY_FOLLOW.toString());
                map.textIfAny(Key.SEAL, follow.seal());
                if (follow.revision() >= 0) {
                    map.number(Key.SINCE, follow.revision());
                }
                if (!follow.resume().isEmpty()) {
                    map.text(Key.RESUME, follow.resume());
                    map.number(Key.TICK, follow.tick());
                }
            }
            case Request.PromoteCopy promote -> {
                map.text(Key.ACTION, Action.COPY_PROMOTE.toString());
                map.key(Key.FORCE).flag(promote.force());
            }
        }
    }
}
