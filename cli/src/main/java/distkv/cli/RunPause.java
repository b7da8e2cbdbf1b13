package distkv.cli;

import distkv.model.Path;
import java.util.Collection;
import java.util.List;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;

/** Ends a job until it is resumed. */
@Command(
        name = "pause",
        description = {
            "Let a job not start until 'resume'. One that runs is ended, and it waits until it is over.",
            "'run set -t' and 'restart' start it, too."
        },
        footer = {"", "Example:", "  distkv client run pause scale.room"})
final class RunPause implements Action.OfJobs {
    @Mixin
    Leaf leaf = new Leaf();

    @Parameters(paramLabel = "PATH", description = "The job's name, for example scale.room.")
    private Path path = Path.ROOT;

    @Override
    public int run(Tree tree, JobScope scope, Printer printer) throws InterruptedException {
        Path job = scope.job(tree.config(), path);
        Content content = Content.of(tree.read(job));
        if (!content.present()) {
            return printer.nothing("Does not exist.");
        } else if (!Paused.is(content) && Paused.hasNoTarget(content)) {
            return printer.nothing(path + " does not start anyway: it has no target.");
        }
        JobHolders holders = new JobHolders(tree, scope, path);
        List<String> running = holders.now();
        printer.wrote(tree, tree.change(job, Paused::pause));
        if (!running.isEmpty()) {
            printer.told(path + " runs on " + JobHolders.text(running) + ": it is told to end …");
        }
        Collection<String> left = holders.awaitNone(JobHolders.PATIENCE);
        if (!left.isEmpty()) {
            return printer.nothing("Still running on " + JobHolders.text(left) + " after "
                    + JobHolders.PATIENCE.toSeconds() + " s; it does not start again.");
        }
        printer.told(path + " is paused.");
        return 0;
    }
}
