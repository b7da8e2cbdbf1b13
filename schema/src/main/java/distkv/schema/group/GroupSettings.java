package distkv.schema.group;

import distkv.model.Value;
import distkv.protocol.Values;
import distkv.schema.EditableFields;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * The settings of a group, which users write.
 *
 * @param nodes how many nodes it should have; 0: two or more
 * @param drained the nodes that are to run no jobs for any node, in order
 */
public record GroupSettings(int nodes, Set<String> drained) {
    private static final String NODES = "nodes";
    private static final String DRAIN = "drain";

    /** Reads a group's entry; what is missing or unreadable counts as not set. */
    public static GroupSettings read(@Nullable Value entry) {
        return of(entry == null ? null : Values.decode(entry));
    }

    private static GroupSettings of(@Nullable Object entry) {
        Map<?, ?> map = entry instanceof Map<?, ?> given ? given : Map.of();
        int nodes = map.get(NODES) instanceof Number number ? Math.clamp(number.longValue(), 0, Integer.MAX_VALUE) : 0;
        Set<String> drained = new TreeSet<>();
        if (map.get(DRAIN) instanceof List<?> list) {
            list.forEach(node -> drained.add(String.valueOf(node)));
        }
        return new GroupSettings(nodes, drained);
    }

    /**
     * A group's entry with another size.
     *
     * @param entry the decoded entry, or {@code null} if there is none
     * @param nodes how many nodes the group should have; {@code null}: two or more
     */
    public static Map<?, ?> withNodes(@Nullable Object entry, @Nullable Long nodes) {
        EditableFields fields = EditableFields.of(entry);
        fields.putOrRemove(NODES, nodes);
        return fields.toMap();
    }

    /** A group's entry with a node drained, or not drained any more. */
    public static Map<?, ?> withDrained(@Nullable Object entry, String node, boolean isDrained) {
        Set<String> drained = new TreeSet<>(of(entry).drained);
        if (isDrained) {
            drained.add(node);
        } else {
            drained.remove(node);
        }
        EditableFields fields = EditableFields.of(entry);
        fields.putOrRemove(DRAIN, drained.isEmpty() ? null : List.copyOf(drained));
        return fields.toMap();
    }
}
