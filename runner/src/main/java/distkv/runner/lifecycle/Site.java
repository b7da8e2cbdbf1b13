package distkv.runner.lifecycle;

import distkv.model.Guard;
import distkv.model.Path;
import distkv.schema.job.JobId;
import distkv.schema.job.Kind;
import java.util.Map;
import java.util.Objects;
import java.util.Set;

/**
 * What a runner serves, and where that is in the tree.
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

    /** Where a job's entry is. */
    public Path entry(JobId job) {
        return roots(job).entries().append(job.path());
    }

    Path state(JobId job) {
        return roots(job).states().append(job.path());
    }

    Path claim(JobId job) {
        return roots(job).claims().append(job.path());
    }

    /** Where the claim is of a run that stands by to take over from the one that has {@link #claim}. */
    Path standby(JobId job) {
        return claim(job).child(Guard.STANDBY);
    }

    private Roots roots(JobId job) {
        return Objects.requireNonNull(roots.get(job.kind()), job::toString);
    }
}
