package distkv.cli.view;

import distkv.cli.context.TreeClient;
import distkv.model.Entry;
import distkv.model.Path;
import distkv.model.Value;
import distkv.schema.Prefixes;
import distkv.schema.group.Member;
import distkv.schema.job.JobAddress;
import distkv.schema.job.Kind;
import distkv.schema.job.StateEntry;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** The jobs that nodes do not accept, and why. */
public final class RefusedJobs {
    private RefusedJobs() {}

    /** By node and job; a job for any node that one refuses may run on another. */
    public static Map<String, Map<Path, String>> load(TreeClient tree) throws InterruptedException {
        Prefixes prefixes = tree.config().prefixes();
        Map<String, Map<Path, String>> refused = new TreeMap<>();
        for (Entry entry : tree.below(prefixes.presence(), 3, 3)) {
            List<Object> names = entry.path().below(prefixes.presence()).elements();
            Value value = entry.value();
            if (value != null) {
                String node = String.valueOf(names.get(1));
                Member member = Member.read(node, String.valueOf(names.get(2)), value);
                if (!member.refuses().isEmpty()) {
                    refused.computeIfAbsent(node, name -> new TreeMap<>()).putAll(member.refuses());
                }
            }
        }
        // A job for one node, or for all, has a state of its own on each.
        for (Entry entry : tree.below(prefixes.states(), 0, -1)) {
            JobAddress job = JobAddress.ofState(entry.path().below(prefixes.states()));
            StateEntry state = StateEntry.read(entry.value());
            if (job != null && job.kind() != Kind.ANY && state.reason().code().isOfNodesRules()) {
                refused.computeIfAbsent(job.node(), name -> new TreeMap<>())
                        .put(job.name(), state.reason().text());
            }
        }
        return refused;
    }
}
