package distkv.runner.group;

import distkv.model.Entry;
import distkv.model.Path;
import distkv.model.Value;
import distkv.schema.group.Member;
import distkv.schema.job.Kind;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * The members of a group, kept up to date from the feed of its presence entries, and which of them are drained. A change
 * costs what it changes, however many members there are. Used by the decision thread only.
 */
public final class Membership {
    private final Path prefix;
    /** By node, and then by kind. */
    private final Map<String, Map<String, Member>> present = new HashMap<>();

    private Set<String> drained = Set.of();

    /** The group whose presence entries are below this prefix, by node and kind. */
    public Membership(Path prefix) {
        this.prefix = prefix;
    }

    /** Takes in a change of presence; returns the node that it is about, {@code null}: it is no news. */
    public @Nullable String apply(Entry entry) {
        Path path = entry.path();
        if (!path.startsWith(prefix) || path.length() != prefix.length() + 2) {
            return null;
        }
        List<Object> name = path.below(prefix).elements();
        String node = String.valueOf(name.get(0));
        return apply(node, String.valueOf(name.get(1)), entry.value()) ? node : null;
    }

    private boolean apply(String node, String kind, @Nullable Value value) {
        Map<String, Member> kinds = present.computeIfAbsent(node, _ -> new HashMap<>(2));
        if (value != null) {
            Member member = Member.read(node, kind, value);
            return !member.equals(kinds.put(kind, member));
        }
        boolean news = kinds.remove(kind) != null;
        if (kinds.isEmpty()) {
            present.remove(node);
        }
        return news;
    }

    /** These nodes are to run no jobs for any node; returns those that were to before, and those that are to again. */
    public Set<String> drain(Set<String> nodes) {
        Set<String> changed = new TreeSet<>(nodes);
        changed.addAll(drained);
        changed.removeIf(node -> nodes.contains(node) == drained.contains(node));
        drained = Set.copyOf(nodes);
        return changed;
    }

    /** How many nodes there are, whatever kinds of runner they have. */
    public int count() {
        return present.size();
    }

    /** What the others see of a node that runs jobs for any node; {@code null}: it is not present, or runs none. */
    public @Nullable Peer peer(String node) {
        Member member = find(node, Kind.ANY.word());
        return member == null ? null : Peer.of(member, drained.contains(node));
    }

    /** What is present at this node and of this kind. */
    public @Nullable Member find(String node, String kind) {
        Map<String, Member> kinds = present.get(node);
        return kinds == null ? null : kinds.get(kind);
    }
}
