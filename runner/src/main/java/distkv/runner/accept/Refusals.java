package distkv.runner.accept;

import distkv.model.Path;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** The jobs for any node that this node does not accept, each with the reason, as it tells the others. */
public final class Refusals {
    /** So many are told at most; from more the others cannot tell that this node does not take them. */
    private static final int MOST = 1_000;

    private final Map<Path, String> all = new TreeMap<>();
    private Map<Path, String> told = Map.of();
    private boolean changed;

    /** A job is refused for this reason; {@code null}: it is not. */
    public void changed(Path job, @Nullable String why) {
        if (why == null) {
            all.remove(job);
        } else {
            all.put(job, why);
        }
        changed = true;
    }

    /** What the others are to be told; the same map until something changes. */
    public Map<Path, String> told() {
        if (changed) {
            changed = false;
            Map<Path, String> first = new TreeMap<>();
            all.entrySet().stream().limit(MOST).forEach(each -> first.put(each.getKey(), each.getValue()));
            told = Map.copyOf(first);
        }
        return told;
    }
}
