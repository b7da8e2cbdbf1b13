package distkv.runner.job;

import distkv.model.Path;
import distkv.schema.job.Kind;
import java.util.Map;
import java.util.Set;

/**
 * What a dispatcher serves.
 *
 * @param node the name of this node
 * @param labels what this node has that not every node has
 * @param codes where procedures are
 * @param modules where modules are
 * @param roots where the jobs are, for each kind that it serves
 */
public record Site(String node, Set<String> labels, Path codes, Path modules, Map<Kind, Roots> roots) {
    /** Where the entries, states and claims of one kind of job are. */
    public record Roots(Path entries, Path states, Path claims) {}

    public Site {
        labels = Set.copyOf(labels);
        roots = Map.copyOf(roots);
    }
}
