package distkv.cli.run;

import distkv.cli.context.CommandAction;
import distkv.cli.context.JobScope;
import distkv.cli.context.Printer;
import distkv.cli.context.TreeClient;
import distkv.cli.options.OutputOptions;
import distkv.cli.view.ClaimHolders;
import distkv.model.Path;
import java.util.List;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;

/** Starts a job now. */
@Command(
        name = "restart",
        description =
                "Start a job now: one that runs is ended first; one that waits, backs off or is paused does not wait.",
        footer = {"", "Example:", "  distkv client run restart scale.room"})
public final class RunRestart implements CommandAction.OfJobs {
    @Mixin
    OutputOptions leaf = new OutputOptions();

    @Parameters(paramLabel = "PATH", description = "The job's name, for example scale.room.")
    private Path path = Path.ROOT;

    @Override
    public int run(TreeClient tree, JobScope scope, Printer printer) throws InterruptedException {
        Path job = scope.job(tree.config(), path);
        if (tree.read(job) == null) {
            return printer.nothing("Does not exist.");
        }
        List<String> running = new ClaimHolders(tree, scope, path).now();
        double now = printer.dates().now();
        printer.wrote(tree, tree.change(job, old -> PausedJob.startAt(old, now)));
        printer.told(path
                + (running.isEmpty()
                        ? " starts now."
                        : " is told to end on " + ClaimHolders.text(running) + ", and starts again."));
        return 0;
    }
}
