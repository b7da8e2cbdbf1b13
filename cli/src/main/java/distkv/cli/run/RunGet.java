package distkv.cli.run;

import distkv.cli.context.CommandAction;
import distkv.cli.context.JobScope;
import distkv.cli.context.Printer;
import distkv.cli.context.TreeClient;
import distkv.cli.options.OutputOptions;
import distkv.cli.view.JobStates;
import distkv.model.Entry;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** Reads a job. */
@Command(
        name = "get",
        description = "Read a job.",
        footer = {"", "Example:", "  distkv client run get -s scale.room"})
public final class RunGet implements CommandAction.OfJobs {
    @Mixin
    OutputOptions output = new OutputOptions();

    @Option(
            names = {"-s", "--state"},
            description = "Add its state.")
    private boolean state;

    @Mixin
    private JobParameter job = new JobParameter();

    @Override
    public int run(TreeClient tree, JobScope scope, Printer printer) throws InterruptedException {
        Entry entry = tree.read(job.entry(tree, scope));
        if (entry == null) {
            return printer.nothing("Not found.");
        }
        Object value = printer.dates().added(Printer.decoded(entry));
        if (state) {
            value = new JobStates(tree, scope, printer).beside(value, job.name());
        }
        printer.document(printer.shown(tree.name(), entry, value));
        return 0;
    }
}
