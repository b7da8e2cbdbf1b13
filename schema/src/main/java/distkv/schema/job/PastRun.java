package distkv.schema.job;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A run that is over. A job's state keeps the last {@value #KEPT} of them, the newest first.
 *
 * @param started unix time of its start
 * @param stopped unix time of its end
 * @param node who ran it
 * @param outcome that it is done, that it failed and what went wrong, or why it was ended
 */
public record PastRun(double started, double stopped, String node, Reason outcome) {
    public static final int KEPT = 10;
    /** How long an outcome may be, in characters; the whole of an error is in the error tree. */
    private static final int LONGEST = 200;

    /** The outcome of a run that failed. */
    static Reason failed(String why) {
        String line = "failed: " + why.lines().findFirst().orElse("");
        return new Reason(Reason.Code.FAILED, line.length() > LONGEST ? line.substring(0, LONGEST - 1) + "…" : line);
    }

    /** These, with a newer one before them. */
    public static List<PastRun> with(PastRun newest, List<PastRun> older) {
        List<PastRun> all = new ArrayList<>(Math.min(older.size() + 1, KEPT));
        all.add(newest);
        all.addAll(older.subList(0, Math.min(older.size(), KEPT - 1)));
        return List.copyOf(all);
    }

    /** Reads those of a state; what another implementation wrote otherwise counts as absent. */
    public static List<PastRun> read(@Nullable Object runs) {
        List<PastRun> all = new ArrayList<>();
        for (Object each : runs instanceof List<?> list ? list : List.of()) {
            if (each instanceof Map<?, ?> map
                    && map.get("started") instanceof Number started
                    && map.get("stopped") instanceof Number stopped
                    && map.get("node") instanceof String node
                    && map.get("outcome") instanceof String outcome) {
                all.add(new PastRun(started.doubleValue(), stopped.doubleValue(), node, Reason.ofOutcome(outcome)));
            }
        }
        return List.copyOf(all);
    }

    /** As it is in a state. */
    public Map<String, @Nullable Object> encode() {
        Map<String, @Nullable Object> map = new LinkedHashMap<>();
        map.put("started", started);
        map.put("stopped", stopped);
        map.put("node", node);
        map.put("outcome", outcome.text());
        return map;
    }
}
