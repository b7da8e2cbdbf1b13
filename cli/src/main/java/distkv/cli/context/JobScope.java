package distkv.cli.context;

import distkv.cli.config.Config;
import distkv.cli.input.UsageException;
import distkv.model.Path;
import distkv.schema.job.Kind;
import org.jspecify.annotations.Nullable;

/**
 * Which jobs a command is about: those for any node of a group, for one node, or for all nodes of a group.
 *
 * @param group the group; {@link #EVERY}: all groups
 * @param node the node, if the kind is {@link Kind#AT}
 * @param isGroupGiven whether somebody has named the group
 */
public record JobScope(Kind kind, String group, String node, boolean isGroupGiven) {
    public static final String DEFAULT_GROUP = "default";
    private static final String EVERY = "-";

    /** The scope that the options {@code -n} and {@code -g} select; {@code null} or empty: not given. */
    public static JobScope of(@Nullable String node, @Nullable String group) {
        Kind kind = node == null || node.isEmpty() ? Kind.ANY : node.equals("-") ? Kind.ALL : Kind.AT;
        String given = group == null ? "" : group;
        String name = node == null ? "" : node;
        return new JobScope(kind, given.isEmpty() ? DEFAULT_GROUP : given, name, !given.isEmpty());
    }

    public boolean isEvery() {
        return group.equals(EVERY);
    }

    /** Where the entries of the jobs are. */
    public Path jobs(Config config) {
        return kind.entries(config.prefixes().runs(), one(), node);
    }

    /** The entry of the job of this name. */
    public Path job(Config config, Path name) {
        return jobs(config).append(named(name));
    }

    /** Where the states of the jobs are; for jobs for all nodes, one level with the node's name is between. */
    public Path states(Config config) {
        return kind.entries(config.prefixes().states(), one(), node);
    }

    /** Where the claims of the jobs are, as with {@link #states}. */
    public Path claims(Config config) {
        return kind.entries(config.prefixes().claims(), one(), node);
    }

    private String one() {
        if (isEvery()) {
            throw new UsageException("-g - (expected: the name of a group; '-' is for 'list' and 'info' only)");
        }
        return group;
    }

    public static Path named(Path name) {
        if (name.isRoot()) {
            throw new UsageException("PATH ':' (expected: the name of a job, for example scale.room)");
        }
        return name;
    }
}
