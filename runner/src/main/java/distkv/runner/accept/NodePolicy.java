package distkv.runner.accept;

import distkv.schema.job.Limits;
import distkv.schema.sign.TrustedKeys;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * What a node accepts.
 *
 * @param signing how much it insists on signatures
 * @param keys whose signatures count
 * @param revisions the file with the newest revisions that were accepted; {@code null}: they are forgotten with the runner
 * @param authors who may have written code and jobs; empty: everybody
 * @param groups the groups that it serves; empty: all
 * @param limits how much a run may use at most, including one whose job does not say
 */
public record NodePolicy(
        SigningMode signing,
        TrustedKeys keys,
        @Nullable Path revisions,
        Set<String> authors,
        Set<String> groups,
        Limits limits) {

    /** Everything. */
    public static final NodePolicy ANYTHING =
            new NodePolicy(SigningMode.OFF, TrustedKeys.NONE, null, Set.of(), Set.of(), Limits.NONE);

    public NodePolicy {
        authors = Set.copyOf(authors);
        groups = Set.copyOf(groups);
    }

    /** The configuration as workers are told it: they must not read stored code by themselves that is to be signed. */
    public Map<String, @Nullable Object> tell(Map<String, @Nullable Object> config) {
        Map<String, @Nullable Object> told = new LinkedHashMap<>(config);
        if (signing == SigningMode.REQUIRED) {
            told.put("accept", Map.of("signing", signing.word()));
        }
        return told;
    }

    /** Whether there is nothing that it refuses. */
    boolean acceptsAll() {
        return signing != SigningMode.REQUIRED && authors.isEmpty() && limits.equals(Limits.NONE);
    }
}
