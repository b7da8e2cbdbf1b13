package distkv.cli.run;

import distkv.cli.context.CommandAction;
import distkv.cli.context.EntryContent;
import distkv.cli.context.JobScope;
import distkv.cli.context.Printer;
import distkv.cli.context.TreeClient;
import distkv.cli.options.OutputOptions;
import distkv.cli.view.JobStates;
import distkv.model.Entry;
import distkv.schema.job.JobEdit;
import distkv.schema.job.Reason;
import distkv.schema.job.StateEntry;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/** Ends the pause of a job. */
@Command(
        name = "resume",
        description = {
            "End the pause of a job: it starts at once if the pause has stopped a run, else when it would have started."
        },
        footer = {"", "Example:", "  distkv client run resume scale.room"})
public final class RunResume implements CommandAction.OfJobs {
    @Mixin
    OutputOptions output = new OutputOptions();

    @Mixin
    private JobParameter job = new JobParameter();

    @Override
    public int run(TreeClient tree, JobScope scope, Printer printer) throws InterruptedException {
        EntryContent content = job.read(tree, scope);
        if (!content.present()) {
            return printer.nothing("Does not exist.");
        } else if (!JobEdit.of(content.value()).isPaused()) {
            return printer.nothing(job + " is not paused.", "'run restart' starts it now");
        }
        boolean interrupted = hasEndedRun(tree, scope, printer);
        double now = printer.dates().now();
        printer.wrote(tree, job.change(tree, scope, edit -> {
            if (interrupted) {
                edit.startAt(now);
            } else {
                edit.resume();
            }
        }));
        printer.told(job + (interrupted ? " starts again." : " starts when it would have started."));
        return 0;
    }

    /** Whether the last run was stopped because its job had no target any more. */
    private boolean hasEndedRun(TreeClient tree, JobScope scope, Printer printer) throws InterruptedException {
        for (Entry state : new JobStates(tree, scope, printer).of(job.name()).values()) {
            StateEntry read = StateEntry.read(state.value());
            if (!read.runs().isEmpty() && read.runs().getFirst().outcome().code() == Reason.Code.NO_TARGET) {
                return true;
            }
        }
        return false;
    }
}
