package distkv.runner.group;

import distkv.schema.group.Member;
import java.util.Set;

/**
 * A node that runs jobs for any node, as the others see it.
 *
 * @param capacity how much it can bear, compared with the others; more than 0
 * @param pinned the load that it cannot give away: its runs of jobs for this node and for all nodes
 * @param labels what it has that not every node has
 * @param drained whether it is to run no jobs for any node
 */
public record Peer(String node, double capacity, double pinned, Set<String> labels, boolean drained) {
    public Peer {
        labels = Set.copyOf(labels);
    }

    static Peer of(Member member, boolean drained) {
        return new Peer(member.node(), member.capacity(), member.pinned(), member.labels(), drained);
    }

    /** Whether it may run a job for any node that asks for these labels. */
    public boolean mayRun(Set<String> has) {
        return !drained && (has.isEmpty() || labels.containsAll(has));
    }
}
