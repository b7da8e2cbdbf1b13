package distkv.runner.group;

import distkv.model.Entry;
import distkv.model.Path;
import distkv.model.Value;
import distkv.schema.group.Member;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/** The members of a group, kept up to date from the feed of its presence entries. Used by the decision thread only. */
public final class Membership {
    private final Path prefix;
    private final Map<Path, Member> present = new TreeMap<>();
    private int count;

    /** The group whose presence entries are below this prefix, by node and kind. */
    public Membership(Path prefix) {
        this.prefix = prefix;
    }

    /** Takes in a change; returns whether it is news. */
    public boolean apply(Entry entry) {
        Path path = entry.path();
        if (!path.startsWith(prefix) || path.length() != prefix.length() + 2) {
            return false;
        }
        int before = present.size();
        boolean news = apply(path, entry.value());
        if (present.size() != before) {
            TreeSet<String> nodes = new TreeSet<>();
            present.values().forEach(member -> nodes.add(member.node()));
            count = nodes.size();
        }
        return news;
    }

    private boolean apply(Path path, @Nullable Value value) {
        if (value == null) {
            return present.remove(path) != null;
        }
        List<Object> name = path.tail(prefix.length()).elements();
        Member member = Member.read(String.valueOf(name.get(0)), String.valueOf(name.get(1)), value);
        return !member.equals(present.put(path, member));
    }

    /** How many nodes there are, whatever kinds of runner they have. */
    public int count() {
        return count;
    }

    /**
     * The nodes that run jobs of this kind, in order.
     *
     * @param drained those that are to run no jobs for any node
     */
    public List<Peer> peers(String kind, Set<String> drained) {
        return present.values().stream()
                .filter(member -> member.kind().equals(kind))
                .map(member -> Peer.of(member, drained))
                .toList();
    }

    /** What is present at this node and of this kind. */
    public @Nullable Member find(String node, String kind) {
        return present.get(prefix.child(node).child(kind));
    }
}
