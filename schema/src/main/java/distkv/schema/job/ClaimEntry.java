package distkv.schema.job;

import distkv.model.Value;
import distkv.protocol.Values;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The claim of a job that runs. It belongs to its runner's session, and so ends with it.
 *
 * @param node who runs the job; {@code null} if the claim does not say
 * @param started unix time of the run's start; 0 if the claim does not say
 */
public record ClaimEntry(@Nullable String node, double started) {
    /** Reads a claim; what another implementation wrote otherwise counts as absent. */
    public static ClaimEntry read(@Nullable Value value) {
        Map<?, ?> map = value != null && Values.decode(value) instanceof Map<?, ?> given ? given : Map.of();
        return new ClaimEntry(
                map.get("node") instanceof String node ? node : null,
                map.get("started") instanceof Number started ? started.doubleValue() : 0);
    }

    /** The name of the node, for people: {@code ?} if it is not known. */
    public String nodeName() {
        return node == null ? "?" : node;
    }
}
