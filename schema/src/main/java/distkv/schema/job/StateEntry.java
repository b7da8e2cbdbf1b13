package distkv.schema.job;

import distkv.model.Value;
import distkv.protocol.Values;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What became of a job. Only runners write it.
 *
 * @param started unix time of the last start; 0: never
 * @param stopped unix time of the last end; 0: never
 * @param pinged unix time when the run was last known to be well
 * @param computed unix time of the next start, where it is known; else 0
 * @param reason why it starts then, or not
 * @param result what the last success returned, or {@code null} if there was none yet
 * @param node who runs it, or {@code null}
 * @param backoff how many errors came one after another, at most {@value #MAX_BACKOFF}
 * @param offered whether the run goes on only until another node has taken over
 * @param runs the last runs that are over, the newest first
 */
public record StateEntry(
        double started,
        double stopped,
        double pinged,
        double computed,
        Reason reason,
        @Nullable Value result,
        @Nullable String node,
        int backoff,
        boolean offered,
        List<PastRun> runs) {

    public static final int MAX_BACKOFF = 20;

    /** A job that nobody has looked at. */
    public static final StateEntry NEW = new StateEntry(0, 0, 0, 0, Reason.NONE, null, null, 0, false, List.of());

    /** Reads an entry; what another implementation wrote otherwise counts as absent, never as an error. */
    public static StateEntry read(@Nullable Value value) {
        if (value == null || !(Values.decode(value) instanceof Map<?, ?> map)) {
            return NEW;
        }
        return new StateEntry(
                number(map, "started"),
                number(map, "stopped"),
                number(map, "pinged"),
                number(map, "computed"),
                Reason.read(map),
                map.containsKey("result") ? Values.encode(map.get("result")) : null,
                map.get("node") instanceof String text ? text : null,
                (int) Math.clamp(number(map, "backoff"), 0, MAX_BACKOFF),
                Boolean.TRUE.equals(map.get("offered")),
                PastRun.read(map.get("runs")));
    }

    private static double number(Map<?, ?> map, String key) {
        return map.get(key) instanceof Number number && Double.isFinite(number.doubleValue())
                ? number.doubleValue()
                : 0;
    }

    public Value encode() {
        Map<String, @Nullable Object> map = new LinkedHashMap<>();
        map.put("started", trim(started));
        map.put("stopped", trim(stopped));
        map.put("pinged", trim(pinged));
        map.put("computed", trim(computed));
        map.put(Reason.TEXT, reason.text());
        if (reason.storedCode() != null) {
            map.put(Reason.CODE, reason.storedCode());
        }
        if (result != null) {
            map.put("result", Values.decode(result));
        }
        map.put("node", node);
        map.put("backoff", (long) backoff);
        if (offered) {
            map.put("offered", true);
        }
        if (!runs.isEmpty()) {
            map.put("runs", runs.stream().map(PastRun::encode).toList());
        }
        return Values.encode(map);
    }

    private static Object trim(double time) {
        return time == 0 ? (Object) 0L : (Object) time;
    }

    public StateEntry running(String on, double now, int errors) {
        return new StateEntry(now, stopped, pinged, 0, Reason.NONE, result, on, errors, false, runs);
    }

    /** The run that this state tells of has ended, and returned that. */
    public StateEntry done(double now, Value newResult) {
        return new StateEntry(
                started,
                now,
                pinged,
                0,
                Reason.NONE,
                newResult,
                null,
                0,
                false,
                past(now, Reason.of(Reason.Code.DONE)));
    }

    /** It was ended for this reason; so many errors count from now on. */
    public StateEntry ended(double now, int errors, Stop why) {
        return ended(now, errors, why.reason(), why.reason());
    }

    /** It has ended with one more error. */
    public StateEntry failed(double now, String how) {
        return ended(now, oneMore(), Reason.NONE, PastRun.failed(how));
    }

    /** It was lost together with its runner, which is one more error. */
    public StateEntry lost(double now) {
        return ended(now, oneMore(), Stop.NODE_LOST.reason(), Stop.NODE_LOST.reason());
    }

    private int oneMore() {
        return Math.min(backoff + 1, MAX_BACKOFF);
    }

    private StateEntry ended(double now, int errors, Reason why, Reason outcome) {
        return new StateEntry(started, now, pinged, 0, why, result, null, errors, false, past(now, outcome));
    }

    /** The run that this state tells of is about to be taken over, if there is one. */
    public StateEntry handedOver(double now) {
        List<PastRun> all = past(now, Stop.HANDED_OVER.reason());
        return new StateEntry(started, stopped, pinged, computed, reason, result, node, backoff, offered, all);
    }

    /** Whether the run that this state tells of has taken over from the last one, while that went on. */
    public boolean tookOver() {
        return !runs.isEmpty() && runs.getFirst().outcome().code() == Reason.Code.HANDED_OVER;
    }

    private List<PastRun> past(double now, Reason outcome) {
        return node == null ? runs : PastRun.with(new PastRun(started, now, node, outcome), runs);
    }

    /** With these times instead of others. */
    public StateEntry at(double newStarted, double newStopped) {
        return new StateEntry(newStarted, newStopped, pinged, computed, reason, result, node, backoff, offered, runs);
    }

    public StateEntry because(Reason why, double start) {
        return new StateEntry(started, stopped, pinged, start, why, result, node, backoff, offered, runs);
    }

    /** The run goes on, and is offered to other nodes, or is not any more. */
    public StateEntry offering(boolean toOthers) {
        return new StateEntry(started, stopped, pinged, computed, reason, result, node, backoff, toOthers, runs);
    }

    /** The run is well: earlier errors no longer count. */
    public StateEntry well(double now) {
        return new StateEntry(started, stopped, now, computed, reason, result, node, 0, offered, runs);
    }
}
