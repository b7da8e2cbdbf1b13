package distkv.cli.view;

import distkv.cli.context.TreeClient;
import distkv.cli.format.Columns;
import distkv.model.Entry;
import distkv.model.Path;
import distkv.schema.job.JobAddress;
import distkv.schema.job.StateEntry;
import org.jspecify.annotations.Nullable;

/** When jobs that failed are tried again, if their states say so. */
public final class NextAttempts {
    private static final String NEVER = "-";

    private final TreeClient tree;
    private final Path jobs;
    private final Path states;
    private final double now;
    private @Nullable ClaimedRuns runs;

    /** @param now unix time */
    public NextAttempts(TreeClient tree, double now) {
        this.tree = tree;
        this.jobs = tree.config().prefixes().runs();
        this.states = tree.config().prefixes().states();
        this.now = now;
    }

    /** {@code in 98s}, {@code due}, {@code running}, or a dash if it is no job or nothing is planned. */
    public String of(Path about, String node) throws InterruptedException {
        JobAddress job = about.startsWith(jobs) ? JobAddress.ofEntry(about.below(jobs)) : null;
        Entry found = job == null ? null : tree.read(job.state(states, node));
        if (found == null || found.value() == null) {
            return NEVER;
        }
        if (runs == null) {
            runs = ClaimedRuns.load(tree);
        }
        double computed = StateEntry.read(found.value()).computed();
        return switch (runs.of(found)) {
            case RunStatus.Running _ -> "running";
            case RunStatus.Lost _ -> "lost";
            case RunStatus.Idle _ -> computed > 0 ? text(computed, now) : NEVER;
        };
    }

    /** {@code in 98s}, or {@code due} if that time has passed. */
    public static String text(double next, double now) {
        return next > now ? "in " + Columns.duration(next - now) : "due";
    }
}
