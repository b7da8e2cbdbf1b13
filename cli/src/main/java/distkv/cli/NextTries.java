package distkv.cli;

import distkv.model.Entry;
import distkv.model.Path;
import distkv.schema.job.Kind;
import distkv.schema.job.StateEntry;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** When jobs that failed are tried again, as far as their states say. */
final class NextTries {
    private static final String NEVER = "-";

    private final Tree tree;
    private final Path jobs;
    private final Path states;
    private final double now;
    private @Nullable Runs runs;

    /** @param now unix time */
    NextTries(Tree tree, double now) {
        this.tree = tree;
        this.jobs = tree.config().path("runner.prefix");
        this.states = tree.config().path("runner.state");
        this.now = now;
    }

    /** {@code in 98s}, {@code due}, {@code running}, or a dash if it is no job or nothing is planned. */
    String of(Path about, String node) throws InterruptedException {
        if (!about.startsWith(jobs) || about.length() < jobs.length() + 3) {
            return NEVER;
        }
        List<Object> at = about.tail(jobs.length()).elements();
        boolean all = at.getFirst().equals(Kind.ALL.word());
        Path state = all
                ? states.append(Path.of(at.subList(0, 2))).child(node).append(about.tail(jobs.length() + 2))
                : states.append(about.tail(jobs.length()));
        Entry found = tree.read(state);
        if (found == null || found.value() == null) {
            return NEVER;
        }
        if (runs == null) {
            runs = Runs.load(tree);
        }
        double computed = StateEntry.read(found.value()).computed();
        return switch (runs.of(found)) {
            case Fate.Running _ -> "running";
            case Fate.Lost _ -> "lost";
            case Fate.Idle _ when computed > now -> "in " + Columns.duration(computed - now);
            case Fate.Idle _ -> computed > 0 ? "due" : NEVER;
        };
    }
}
