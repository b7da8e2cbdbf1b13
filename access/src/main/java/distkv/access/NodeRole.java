package distkv.access;

import distkv.access.NodeAccount.Reads;
import distkv.model.Path;
import distkv.schema.Prefixes;
import distkv.schema.group.LogTopic;
import distkv.schema.job.Kind;
import java.util.ArrayList;
import java.util.List;
import java.util.function.UnaryOperator;

/**
 * Where a node may read and write: what its runners need, for its own groups and under its own name. What it may write
 * there {@link NodeWrites} says.
 */
final class NodeRole {
    /** The topics on which runners of the original take turns. */
    private static final List<List<String>> ORIGINAL = List.of(List.of(":distkv", "run"), List.of("moat", "kv", "run"));

    private final List<Rule> rules = new ArrayList<>();
    private final NodeAccount node;
    private final Prefixes prefixes;

    private NodeRole(NodeAccount node, Prefixes prefixes) {
        this.node = node;
        this.prefixes = prefixes;
    }

    static Rights rights(NodeAccount node, Prefixes prefixes, UnaryOperator<List<String>> rooted) {
        NodeRole role = new NodeRole(node, prefixes);
        switch (node.reads()) {
            case ALL -> role.rules.addAll(Role.reading(prefixes));
            case JOBS -> role.readJobs(rooted);
        }
        node.groups().forEach(group -> role.serve(group, rooted));
        return Rights.of(role.rules);
    }

    private void allow(Path top, Right first, Right... others) {
        rules.add(Rule.of(PathPattern.below(top), first, others));
    }

    private void readJobs(UnaryOperator<List<String>> rooted) {
        allow(prefixes.codes(), Right.READ);
        allow(prefixes.modules(), Right.READ);
        allow(prefixes.errors(), Right.READ);
        new Zones(prefixes).config().forEach(top -> allow(top, Right.READ));
        ORIGINAL.forEach(topic -> allow(Path.of(rooted.apply(topic)), Right.READ));
    }

    private void serve(String group, UnaryOperator<List<String>> rooted) {
        allow(Path.of(rooted.apply(LogTopic.of(group))), Right.WRITE);
        allow(prefixes.presence().child(group).child(node.name()), Right.RUN);
        for (Kind kind : Kind.values()) {
            // That an entry is not there may be made sure of, by a deletion that deletes nothing.
            allow(kind.entries(prefixes.runs(), group, node.name()), Right.RUN);
            allow(kind.states(prefixes.states(), group, node.name()), Right.RUN);
            allow(kind.states(prefixes.claims(), group, node.name()), Right.RUN);
        }
        allow(prefixes.errors(), Right.RUN);
        if (node.reads() == Reads.JOBS) {
            allow(prefixes.presence().child(group), Right.READ);
            allow(prefixes.groups().child(group), Right.READ);
            for (Kind kind : Kind.values()) {
                allow(kind.entries(prefixes.runs(), group, node.name()), Right.READ);
                allow(kind.states(prefixes.states(), group, node.name()), Right.READ);
                allow(kind.states(prefixes.claims(), group, node.name()), Right.READ);
            }
        }
    }
}
