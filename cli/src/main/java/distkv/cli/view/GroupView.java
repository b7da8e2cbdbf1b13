package distkv.cli.view;

import distkv.cli.context.TreeClient;
import distkv.model.Entry;
import distkv.model.Path;
import distkv.model.Value;
import distkv.runner.group.GroupState;
import distkv.schema.group.GroupSettings;
import distkv.schema.group.Member;
import distkv.schema.job.JobAddress;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;

/**
 * A group of nodes as it is now.
 *
 * @param settings what users have set
 * @param members the runners of each node
 * @param jobs how many jobs run on each node
 */
public record GroupView(GroupSettings settings, Map<String, List<Member>> members, Map<String, Long> jobs) {
    public static GroupView read(TreeClient tree, String group) throws InterruptedException {
        Entry entry = tree.read(tree.config().prefixes().groups().child(group));
        return new GroupView(
                GroupSettings.read(entry == null ? null : entry.value()), members(tree, group), jobs(tree, group));
    }

    private static Map<String, List<Member>> members(TreeClient tree, String group) throws InterruptedException {
        Path prefix = tree.config().prefixes().presence().child(group);
        Map<String, List<Member>> members = new TreeMap<>();
        for (Entry entry : tree.below(prefix, 2, 2)) {
            List<Object> name = entry.path().tail(prefix.length()).elements();
            Value value = entry.value();
            if (value != null) {
                Member member = Member.read(String.valueOf(name.get(0)), String.valueOf(name.get(1)), value);
                members.computeIfAbsent(member.node(), node -> new ArrayList<>())
                        .add(member);
            }
        }
        return members;
    }

    private static Map<String, Long> jobs(TreeClient tree, String group) throws InterruptedException {
        Map<String, Long> jobs = new TreeMap<>();
        ClaimedRuns.load(tree).running().forEach((at, run) -> {
            JobAddress job = JobAddress.ofState(at);
            if (job != null && job.group().equals(group)) {
                jobs.merge(run.node(), 1L, Long::sum);
            }
        });
        return jobs;
    }

    /** The state that a connected node of the group would see. */
    private String state() {
        if (members.isEmpty()) {
            return "empty";
        }
        GroupState state =
                GroupState.of(new GroupState.Facts(true, true, false, false, true, members.size(), settings.nodes()));
        return state.level().name().toLowerCase(Locale.ROOT);
    }

    /** The group as it is printed. */
    public Map<String, Object> shown() {
        Map<String, Object> shown = new LinkedHashMap<>();
        shown.put("state", state());
        shown.put("present", (long) members.size());
        shown.put("wanted", settings.nodes() == 0 ? (Object) "two or more" : (Object) (long) settings.nodes());
        Map<String, Object> nodes = new LinkedHashMap<>();
        members.forEach((node, kinds) -> nodes.put(node, shown(node, kinds)));
        shown.put("nodes", nodes);
        return shown;
    }

    private Map<String, Object> shown(String node, List<Member> kinds) {
        Member first = kinds.getFirst();
        Map<String, Object> shown = new LinkedHashMap<>();
        shown.put("kinds", kinds.stream().map(Member::kind).toList());
        shown.put("jobs", jobs.getOrDefault(node, 0L));
        shown.put("load", first.load());
        shown.put("capacity", first.capacity());
        if (!first.labels().isEmpty()) {
            shown.put("labels", first.labels().stream().sorted().toList());
        }
        if (settings.drained().contains(node)) {
            shown.put("drained", true);
        }
        return shown;
    }
}
