package distkv.cli.run;

import distkv.cli.context.CommandAction;
import distkv.cli.context.JobScope;
import distkv.cli.context.Printer;
import distkv.cli.context.TreeClient;
import distkv.cli.format.ReadableDates;
import distkv.cli.options.OutputOptions;
import distkv.cli.view.JobStates;
import distkv.cli.view.RunStatus;
import distkv.model.Entry;
import distkv.schema.job.PastRun;
import distkv.schema.job.Reason;
import distkv.schema.job.StateEntry;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/** Shows the last runs of a job. */
@Command(
        name = "history",
        description = {
            "Show the last runs of a job, the newest first: the start, the node, the duration, and the outcome."
        },
        footer = {"", "Example:", "  distkv client run history scale.room"})
public final class RunHistory implements CommandAction.OfJobs {
    private static final String RUNNING = "running";
    /** Stands for the end of a run that has not ended, and for an end that nobody recorded. */
    private static final double GOES_ON = -1;

    private static final double UNKNOWN = 0;

    @Mixin
    OutputOptions output = new OutputOptions();

    @Mixin
    private JobParameter job = new JobParameter();

    @Override
    public int run(TreeClient tree, JobScope scope, Printer printer) throws InterruptedException {
        List<PastRun> runs = new ArrayList<>();
        JobStates states = new JobStates(tree, scope, printer);
        for (Entry state : states.of(job.name()).values()) {
            runs.addAll(runs(StateEntry.read(state.value()), states.runs().of(state)));
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

    /** The runs that a state records, and the one that is running or was lost. */
    private static List<PastRun> runs(StateEntry state, RunStatus status) {
        List<PastRun> all = new ArrayList<>(state.runs());
        switch (status) {
            case RunStatus.Running run ->
                all.add(new PastRun(
                        run.since() == 0 ? state.started() : run.since(), GOES_ON, run.node(), Reason.ofText(RUNNING)));
            case RunStatus.Lost lost ->
                all.add(new PastRun(state.started(), UNKNOWN, lost.node(), Reason.ofText(lost.why())));
            case RunStatus.Idle _ -> {}
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

    private static String line(PastRun run, ReadableDates dates) {
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
