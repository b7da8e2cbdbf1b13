package distkv.schema.job;

import distkv.model.Path;
import org.jspecify.annotations.Nullable;

/** Which nodes of a group run a job: exactly one of them, a named one, or each. */
public enum Kind {
    ANY("any"),
    AT("at"),
    ALL("all");

    private final String word;

    Kind(String word) {
        this.word = word;
    }

    /** The kind that this path element stands for; {@code null} if it stands for none. */
    public static @Nullable Kind find(Object element) {
        for (Kind kind : values()) {
            if (kind.word.equals(element)) {
                return kind;
            }
        }
        return null;
    }

    /** The path element that stands for it. */
    public String word() {
        return word;
    }

    /** Where the entries of this kind's jobs are. */
    public Path entries(Path prefix, String group, String node) {
        Path kind = prefix.child(word);
        return (this == AT ? kind.child(node) : kind).child(group);
    }

    /** Where the states, or the claims, of this kind's jobs are on that node. */
    public Path states(Path prefix, String group, String node) {
        Path entries = entries(prefix, group, node);
        return this == ALL ? entries.child(node) : entries;
    }

    /**
     * Whether a run goes on when its claim may have ended because the server cannot be reached. A job that may run on
     * any node may by then be running elsewhere. One that belongs to this node is nobody else's, and must go on: to
     * keep the house warm while the network is down is what {@code DetachedState} is for. Its writes stay fenced. So do
     * those of a job for any node that says {@code split: run}.
     */
    public boolean outlivesClaim(JobEntry job) {
        return this != ANY || job.placement().split();
    }
}
