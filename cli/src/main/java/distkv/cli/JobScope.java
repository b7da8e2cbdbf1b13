package distkv.cli;

import distkv.model.Path;
import distkv.schema.job.Kind;
import org.jspecify.annotations.Nullable;

/**
 * Whose jobs: those of any node of a group, of one node, or of all nodes of a group.
 *
 * @param group the group, or {@link #EVERY} if it is about all of them
 * @param node the node, if the kind is {@link Kind#AT}
 */
record JobScope(Kind kind, String group, String node) {
    static final String DEFAULT_GROUP = "default";
    private static final String EVERY = "-";

    /** What {@code -n} and {@code -g} say; {@code null} or empty: they were not given. */
    static JobScope of(@Nullable String node, @Nullable String group) {
        Kind kind = node == null || node.isEmpty() ? Kind.ANY : node.equals("-") ? Kind.ALL : Kind.AT;
        return new JobScope(kind, group == null || group.isEmpty() ? DEFAULT_GROUP : group, node == null ? "" : node);
    }

    boolean isEvery() {
        return group.equals(EVERY);
    }

    /** Where the wishes are. */
    Path jobs(Config config) {
        return kind.entries(config.path("runner.prefix"), one(), node);
    }

    /** The wish of this name. */
    Path job(Config config, Path name) {
        return jobs(config).append(named(name));
    }

    /** Where the runners write what became of them; for jobs of all nodes one level, the node's name, comes between. */
    Path states(Config config) {
        return kind.entries(config.path("runner.state"), one(), node);
    }

    /** Where the claims of those that run are; as with {@link #states}. */
    Path claims(Config config) {
        return kind.entries(config.path("runner.claim"), one(), node);
    }

    private String one() {
        if (isEvery()) {
            throw new UsageException("-g - (expected: the name of a group; '-' is for 'list' and 'info' only)");
        }
        return group;
    }

    static Path named(Path name) {
        if (name.isRoot()) {
            throw new UsageException("PATH ':' (expected: the name of a job, for example scale.room)");
        }
        return name;
    }
}
