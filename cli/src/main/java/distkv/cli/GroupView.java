package distkv.cli;

import distkv.model.Entry;
import distkv.model.Path;
import distkv.model.Value;
import distkv.runner.group.GroupState;
import distkv.runner.group.Membership;
import distkv.schema.group.Member;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * A group of nodes as it is now.
 *
 * @param entry what the group's entry says
 * @param members the runners of each node
 * @param jobs how many jobs run on each node
 */
record GroupView(@Nullable Value entry, Map<String, List<Member>> members, Map<String, Long> jobs) {
    static GroupView read(Tree tree, String group) throws InterruptedException {
        Entry entry = tree.read(tree.config().path("runner.group").child(group));
        return new GroupView(entry == null ? null : entry.value(), members(tree, group), jobs(tree, group));
    }

    private static Map<String, List<Member>> members(Tree tree, String group) throws InterruptedException {
        Path prefix = tree.config().path("runner.presence").child(group);
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

    private static Map<String, Long> jobs(Tree tree, String group) throws InterruptedException {
        Map<String, Long> jobs = new TreeMap<>();
        Runs.load(tree).running().forEach((at, run) -> {
            if (Runs.group(at.elements()).equals(group)) {
                jobs.merge(run.node(), 1L, Long::sum);
            }
        });
        return jobs;
    }

    private int wanted() {
        return Membership.wanted(entry);
    }

    /** As a node of the group would see it that is connected. */
    private String state() {
        if (members.isEmpty()) {
            return "empty";
        }
        GroupState state = GroupState.of(new GroupState.View(true, true, false, false, true, members.size(), wanted()));
        return state.level().name().toLowerCase(Locale.ROOT);
    }

    /** What is printed of it. */
    Map<String, Object> shown() {
        Map<String, Object> shown = new LinkedHashMap<>();
        shown.put("state", state());
        shown.put("present", (long) members.size());
        shown.put("wanted", wanted() == 0 ? (Object) "two or more" : (Object) (long) wanted());
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
        if (Membership.drained(entry).contains(node)) {
            shown.put("drained", true);
        }
        return shown;
    }
}
