package distkv.cli;

import distkv.model.Entry;
import distkv.model.Path;
import distkv.schema.job.Reason;
import distkv.schema.job.StateEntry;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;

/** Lets a paused job start again. */
@Command(
        name = "resume",
        description = {
            "Let a job that was paused go on: at once if the pause has ended a run, else when it would have started.",
        },
        footer = {"", "Example:", "  distkv client run resume scale.room"})
final class RunResume implements Action.OfJobs {
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
        } else if (!Paused.is(content)) {
            return printer.nothing(path + " is not paused. 'run restart' starts it now.");
        }
        boolean interrupted = hasEndedRun(tree, scope, printer);
        double now = printer.dates().now();
        printer.wrote(tree, tree.change(job, old -> interrupted ? Paused.startAt(old, now) : Paused.resume(old)));
        printer.told(path + (interrupted ? " starts again." : " goes on as before."));
        return 0;
    }

    /** Whether the last run was ended since it had no target any more. */
    private boolean hasEndedRun(Tree tree, JobScope scope, Printer printer) throws InterruptedException {
        for (Entry state : new States(tree, scope, printer).of(path).values()) {
            StateEntry read = state.value() == null ? StateEntry.NEW : StateEntry.read(state.value());
            if (!read.runs().isEmpty() && read.runs().getFirst().outcome().code() == Reason.Code.NO_TARGET) {
                return true;
            }
        }
        return false;
    }
}
