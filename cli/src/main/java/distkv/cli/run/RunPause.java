package distkv.cli.run;

import distkv.cli.context.CommandAction;
import distkv.cli.context.EntryContent;
import distkv.cli.context.JobScope;
import distkv.cli.context.Printer;
import distkv.cli.context.TreeClient;
import distkv.cli.options.OutputOptions;
import distkv.cli.view.ClaimHolders;
import distkv.schema.job.JobEdit;
import java.util.Collection;
import java.util.List;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/** Stops a job until it is resumed. */
@Command(
        name = "pause",
        description = {
            "Keep a job from starting until 'resume'. If the job runs, it is stopped; the command waits for its end.",
            "'run set -t' and 'restart' end the pause, too."
        },
        footer = {"", "Example:", "  distkv client run pause scale.room"})
public final class RunPause implements CommandAction.OfJobs {
    @Mixin
    OutputOptions output = new OutputOptions();

    @Mixin
    private JobParameter job = new JobParameter();

    @Override
    public int run(TreeClient tree, JobScope scope, Printer printer) throws InterruptedException {
        EntryContent content = job.read(tree, scope);
        JobEdit stored = JobEdit.of(content.value());
        if (!content.present()) {
            return printer.nothing("Does not exist.");
        } else if (!stored.isPaused() && !stored.hasTarget()) {
            return printer.nothing(job + " has no target: it would not start anyway.");
        }
        ClaimHolders holders = new ClaimHolders(tree, scope, job.name());
        List<String> running = holders.now();
        printer.wrote(tree, job.change(tree, scope, JobEdit::pause));
        if (!running.isEmpty()) {
            printer.told(job + " runs on " + ClaimHolders.text(running) + ": stopping it …");
        }
        Collection<String> left = holders.awaitNone(ClaimHolders.TIMEOUT);
        if (!left.isEmpty()) {
            return printer.nothing("Still running on " + ClaimHolders.text(left) + " after "
                    + ClaimHolders.TIMEOUT.toSeconds() + " s; it does not start again.");
        }
        printer.told(job + " is paused.");
        return 0;
    }
}
