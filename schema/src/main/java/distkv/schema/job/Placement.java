package distkv.schema.job;

import distkv.schema.BadEntry;
import distkv.schema.Fields;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;

/**
 * Where a job may run, and how it changes places.
 *
 * @param has only on nodes that have all these labels
 * @param split whether a run of a job for any node goes on while its node is cut off, so that there may be one in each
 *     part of a network that has come apart
 * @param handover whether a job for any node is moved without a gap, two runs of it overlapping for a moment
 */
public record Placement(Set<String> has, boolean split, boolean handover) {
    /** On any node, in one place at a time. */
    public static final Placement ANYWHERE = new Placement(Set.of(), false, false);

    public Placement {
        has = Set.copyOf(has);
    }

    /** The reason of a job that asks for labels which no node has. */
    public static Reason nobodyHas(Set<String> has) {
        return new Reason(Reason.Code.NO_NODE_HAS, "no node has " + list(has));
    }

    /** The reason of a job that all nodes refuse which could run it. */
    public static Reason nobodyAccepts(Set<String> has) {
        String which = has.isEmpty() ? "" : " that has " + list(has);
        return new Reason(Reason.Code.NO_NODE_ACCEPTS, "no node" + which + " accepts it");
    }

    /** The reason of a job that only drained nodes could run. */
    public static Reason drained(Set<String> has) {
        String which = has.isEmpty() ? "" : "that has " + list(has) + " ";
        return new Reason(Reason.Code.NODES_DRAINED, "every node " + which + "is drained");
    }

    /** The reason of a job for one node, or for all, that asks for labels which this node has not. */
    public static Reason lacking(Set<String> labels) {
        return new Reason(Reason.Code.NODE_LACKS, "this node lacks " + list(labels));
    }

    private static String list(Set<String> labels) {
        return String.join(" and ", new TreeSet<>(labels));
    }

    /** Reads {@code where}, {@code split} and {@code handover} of a job. */
    public static Placement read(Fields fields) throws BadEntry {
        return new Placement(
                labels(fields.names("where")),
                fields.choice("split", List.of("stop", "run")).equals("run"),
                fields.flag("handover"));
    }

    private static Set<String> labels(Map<String, ?> where) throws BadEntry {
        for (String key : where.keySet()) {
            if (!key.equals("has")) {
                throw new BadEntry("where", key, "has: a list of labels");
            }
        }
        Set<String> labels = new TreeSet<>();
        Object has = where.get("has");
        if (has instanceof List<?> given) {
            for (Object label : given) {
                if (!(label instanceof String text) || text.isEmpty()) {
                    throw new BadEntry("where.has", label, "labels, each a text that is not empty");
                }
                labels.add(text);
            }
        } else if (has != null) {
            throw new BadEntry("where.has", has, "a list of labels");
        }
        return labels;
    }
}
