package distkv.cli;

import distkv.model.Entry;
import distkv.model.Expectation;
import distkv.model.Path;
import java.util.Collection;
import java.util.List;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Removes a job. */
@Command(
        name = "delete",
        description = {
            "Delete a job and its state. One that runs is ended first, and it waits until it is over.",
            "-f does not wait: the job is gone at once, its runs end a moment later."
        },
        footer = {"", "Example:", "  distkv client run delete scale.room"})
final class RunDelete implements Action.OfJobs {
    @Mixin
    Leaf leaf = new Leaf();

    @Option(
            names = {"-f", "--force"},
            description = "Delete it even while it runs.")
    private boolean force;

    @Parameters(paramLabel = "PATH", description = "The job's name, for example scale.room.")
    private Path path = Path.ROOT;

    @Override
    public int run(Tree tree, JobScope scope, Printer printer) throws InterruptedException {
        Path job = scope.job(tree.config(), path);
        Entry entry = tree.read(job);
        if (entry == null) {
            return printer.nothing("Does not exist.");
        }
        JobHolders holders = new JobHolders(tree, scope, path);
        List<String> running = holders.now();
        Expectation expected = Expectation.anything();
        if (!running.isEmpty() && !force) {
            expected = Expectation.at(tree.change(job, Paused::withoutTarget).tick());
            printer.told(path + " runs on " + JobHolders.text(running) + ": it is told to end …");
            Collection<String> left = holders.awaitNone(JobHolders.PATIENCE);
            if (!left.isEmpty()) {
                return printer.nothing("Still running on " + JobHolders.text(left) + " after "
                        + JobHolders.PATIENCE.toSeconds() + " s: not deleted, but it does not start again."
                        + " With --force it is deleted.");
            }
        }
        Tree.Written written = tree.write(job, Content.NONE, expected);
        for (Entry state : new States(tree, scope, printer).of(path).values()) {
            tree.write(state.path(), Content.NONE, Expectation.anything());
        }
        printer.wrote(tree, written);
        if (!printer.metadata()) {
            printer.remark(
                    running.isEmpty() ? "Deleted." : force ? "Deleted (unclean!)." : "It has ended, and is deleted.");
        }
        return 0;
    }
}
