package distkv.cli.run;

import distkv.cli.context.CommandAction;
import distkv.cli.context.EntryContent;
import distkv.cli.context.JobScope;
import distkv.cli.context.Printer;
import distkv.cli.context.TreeClient;
import distkv.cli.options.OutputOptions;
import distkv.cli.view.ClaimHolders;
import distkv.cli.view.JobStates;
import distkv.model.Entry;
import distkv.model.Expectation;
import distkv.model.Path;
import distkv.schema.job.JobEdit;
import java.util.Collection;
import java.util.List;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** Removes a job. */
@Command(
        name = "delete",
        description = {
            "Delete a job and its state. If the job runs, it is stopped first; the command waits for its end.",
            "-f does not wait: the job is deleted at once, and its runs end a moment later."
        },
        footer = {"", "Example:", "  distkv client run delete scale.room"})
public final class RunDelete implements CommandAction.OfJobs {
    @Mixin
    OutputOptions output = new OutputOptions();

    @Option(
            names = {"-f", "--force"},
            description = "Delete it even while it runs.")
    private boolean force;

    @Mixin
    private JobParameter job = new JobParameter();

    @Override
    public int run(TreeClient tree, JobScope scope, Printer printer) throws InterruptedException {
        Path entry = job.entry(tree, scope);
        if (tree.read(entry) == null) {
            return printer.nothing("Does not exist.");
        }
        ClaimHolders holders = new ClaimHolders(tree, scope, job.name());
        List<String> running = holders.now();
        Expectation expected = Expectation.anything();
        if (!running.isEmpty() && !force) {
            expected =
                    Expectation.at(job.change(tree, scope, JobEdit::clearTarget).tick());
            printer.told(job + " runs on " + ClaimHolders.text(running) + ": stopping it …");
            Collection<String> left = holders.awaitNone(ClaimHolders.TIMEOUT);
            if (!left.isEmpty()) {
                return printer.nothing(
                        "Still running on " + ClaimHolders.text(left) + " after " + ClaimHolders.TIMEOUT.toSeconds()
                                + " s: not deleted, but it does not start again.",
                        "--force deletes it");
            }
        }
        TreeClient.Written written = tree.write(entry, EntryContent.NONE, expected);
        for (Entry state : new JobStates(tree, scope, printer).of(job.name()).values()) {
            tree.write(state.path(), EntryContent.NONE, Expectation.anything());
        }
        printer.wrote(tree, written);
        if (!printer.metadata()) {
            printer.remark(running.isEmpty() ? "Deleted." : force ? "Deleted (unclean!)." : "Stopped and deleted.");
        }
        return 0;
    }
}
