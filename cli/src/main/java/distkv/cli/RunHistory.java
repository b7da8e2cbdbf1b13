package distkv.cli;

import distkv.model.Entry;
import distkv.model.Path;
import distkv.runner.job.PastRun;
import distkv.runner.job.StateEntry;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;

/** Shows the last runs of a job. */
@Command(
        name = "history",
        description = {
            "Show the last runs of a job, the newest first: when each began, the node, how long it took, and how it ended."
        },
        footer = {"", "Example:", "  distkv client run history scale.room"})
final class RunHistory implements Action.OfJobs {
    private static final String RUNNING = "running";

    @Mixin
    Leaf leaf = new Leaf();

    @Parameters(paramLabel = "PATH", description = "The job's name, for example scale.room.")
    private Path path = Path.ROOT;

    @Override
    public int run(Tree tree, JobScope scope, Printer printer) throws InterruptedException {
        List<PastRun> runs = new ArrayList<>();
        for (Entry state :
                new States(tree, scope, printer).of(JobScope.named(path)).values()) {
            runs.addAll(runs(
                    StateEntry.read(Objects.requireNonNull(state.value())),
                    printer.dates().now()));
        }
        if (runs.isEmpty()) {
            return printer.nothing("No runs (yet?)");
        }
        runs.sort(Comparator.comparingDouble(PastRun::started).reversed());
        try (Printer.Listing listing = printer.listing()) {
            for (PastRun run : runs) {
                listing.row(line(run, printer.dates()), printer.dates().added(shown(run)));
            }
        }
        return 0;
    }

    /** All that a state tells of, with the run that goes on. */
    private static List<PastRun> runs(StateEntry state, double now) {
        List<PastRun> all = new ArrayList<>(state.runs());
        if (state.node() != null) {
            all.add(new PastRun(state.started(), now, state.node(), RUNNING));
        }
        return all;
    }

    private static Map<String, @Nullable Object> shown(PastRun run) {
        Map<String, @Nullable Object> shown = run.encode();
        if (run.outcome().equals(RUNNING)) {
            shown.remove("stopped");
        }
        return shown;
    }

    private static String line(PastRun run, Dates dates) {
        double seconds = Math.max(0, run.stopped() - run.started());
        return String.format(
                Locale.ROOT, "%s  %-10s %10.3f s  %s", dates.text(run.started()), run.node(), seconds, run.outcome());
    }
}
