package distkv.cli;

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
final class RunRestart implements Action.OfJobs {
    @Mixin
    Leaf leaf = new Leaf();

    @Parameters(paramLabel = "PATH", description = "The job's name, for example scale.room.")
    private Path path = Path.ROOT;

    @Override
    public int run(Tree tree, JobScope scope, Printer printer) throws InterruptedException {
        Path job = scope.job(tree.config(), path);
        if (tree.read(job) == null) {
            return printer.nothing("Does not exist.");
        }
        List<String> running = new JobHolders(tree, scope, path).now();
        double now = printer.dates().now();
        printer.wrote(tree, tree.change(job, old -> Paused.startAt(old, now)));
        printer.told(path
                + (running.isEmpty()
                        ? " starts now."
                        : " is told to end on " + JobHolders.text(running) + ", and starts again."));
        return 0;
    }
}
