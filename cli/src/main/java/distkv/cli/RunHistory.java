package distkv.cli;

import distkv.model.Entry;
import distkv.model.Path;
import distkv.schema.job.PastRun;
import distkv.schema.job.Reason;
import distkv.schema.job.StateEntry;
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
    /** Where a run that has no end yet has its time of one; and one whose end nobody recorded. */
    private static final double GOES_ON = -1;

    private static final double UNKNOWN = 0;

    @Mixin
    Leaf leaf = new Leaf();

    @Parameters(paramLabel = "PATH", description = "The job's name, for example scale.room.")
    private Path path = Path.ROOT;

    @Override
    public int run(Tree tree, JobScope scope, Printer printer) throws InterruptedException {
        List<PastRun> runs = new ArrayList<>();
        States states = new States(tree, scope, printer);
        for (Entry state : states.of(JobScope.named(path)).values()) {
            runs.addAll(runs(
                    StateEntry.read(Objects.requireNonNull(state.value())),
                    states.runs().of(state)));
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

    /** All that a state tells of, with the run that goes on, or was lost. */
    private static List<PastRun> runs(StateEntry state, Fate fate) {
        List<PastRun> all = new ArrayList<>(state.runs());
        switch (fate) {
            case Fate.Running run ->
                all.add(new PastRun(
                        run.since() == 0 ? state.started() : run.since(), GOES_ON, run.node(), Reason.ofText(RUNNING)));
            case Fate.Lost lost ->
                all.add(new PastRun(state.started(), UNKNOWN, lost.node(), Reason.ofText(lost.why())));
            case Fate.Idle _ -> {}
        }
        return all;
    }

    private static Map<String, @Nullable Object> shown(PastRun run) {
        Map<String, @Nullable Object> shown = run.encode();
        if (run.stopped() <= 0) {
            shown.remove("stopped");
        }
        return shown;
    }

    private static String line(PastRun run, Dates dates) {
        double stopped = run.stopped() == GOES_ON ? dates.now() : run.stopped();
        String seconds =
                stopped == UNKNOWN ? "-" : String.format(Locale.ROOT, "%.3f", Math.max(0, stopped - run.started()));
        return String.format(
                Locale.ROOT,
                "%s  %-10s %10s s  %s",
                dates.text(run.started()),
                run.node(),
                seconds,
                run.outcome().text());
    }
}
