package distkv.cli.run;

import distkv.cli.context.CommandAction;
import distkv.cli.context.JobScope;
import distkv.cli.context.Printer;
import distkv.cli.context.TreeClient;
import distkv.cli.options.OutputOptions;
import distkv.cli.view.ClaimHolders;
import java.util.List;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/** Starts a job now. */
@Command(
        name = "restart",
        description =
                "Start a job now. If it runs, it is stopped first; if it waits, backs off or is paused, it waits no longer.",
        footer = {"", "Example:", "  distkv client run restart scale.room"})
public final class RunRestart implements CommandAction.OfJobs {
    @Mixin
    OutputOptions output = new OutputOptions();

    @Mixin
    private JobParameter job = new JobParameter();

    @Override
    public int run(TreeClient tree, JobScope scope, Printer printer) throws InterruptedException {
        if (!job.read(tree, scope).present()) {
            return printer.nothing("Does not exist.");
        }
        List<String> running = new ClaimHolders(tree, scope, job.name()).now();
        double now = printer.dates().now();
        printer.wrote(tree, job.change(tree, scope, edit -> edit.startAt(now)));
        printer.told(job
                + (running.isEmpty()
                        ? " starts now."
                        : " is being stopped on " + ClaimHolders.text(running) + ", and starts again."));
        return 0;
    }
}
