package distkv.runner.group;

import distkv.model.Path;
import distkv.schema.group.Member;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * A node that runs jobs for any node, as the others see it.
 *
 * @param capacity how much it can bear, compared with the others; more than 0
 * @param pinned the load that it cannot give away: its runs of jobs for this node and for all nodes
 * @param labels what it has that not every node has
 * @param drained whether it is to run no jobs for any node
 * @param refuses the jobs for any node that it does not accept
 */
public record Peer(
        String node, double capacity, double pinned, Set<String> labels, boolean drained, Set<Path> refuses) {
    /** Begins what looks like a label and says that a job must not run on the node that follows. */
    private static final char NOT = 0;

    public Peer {
        labels = Set.copyOf(labels);
        refuses = Set.copyOf(refuses);
    }

    /** One that accepts all jobs. */
    public Peer(String node, double capacity, double pinned, Set<String> labels, boolean drained) {
        this(node, capacity, pinned, labels, drained, Set.of());
    }

    /** What a job asks for, beside its labels, that this node does not accept. */
    public static String not(String node) {
        return NOT + node;
    }

    /** The labels in what a job asks for. */
    public static Set<String> labels(Set<String> has) {
        return has.stream().filter(label -> label.charAt(0) != NOT).collect(Collectors.toUnmodifiableSet());
    }

    static Peer of(Member member, boolean drained) {
        return new Peer(
                member.node(),
                member.capacity(),
                member.pinned(),
                member.labels(),
                drained,
                member.refuses().keySet());
    }

    /** Whether it may run a job for any node that asks for these labels. */
    public boolean mayRun(Set<String> has) {
        return !drained && (has.isEmpty() || (hasAll(has) && accepts(has)));
    }

    /** Whether it has all these labels. */
    public boolean hasAll(Set<String> has) {
        for (String label : has) {
            if (label.charAt(0) != NOT && !labels.contains(label)) {
                return false;
            }
        }
        return true;
    }

    /** Whether it is not among the nodes that do not accept the job that asks for that. */
    public boolean accepts(Set<String> has) {
        for (String label : has) {
            if (label.charAt(0) == NOT && label.length() == node.length() + 1 && label.startsWith(node, 1)) {
                return false;
            }
        }
        return true;
    }
}
