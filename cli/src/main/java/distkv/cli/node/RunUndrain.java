package distkv.cli.node;

import distkv.cli.context.CommandAction;
import distkv.cli.context.JobScope;
import distkv.cli.context.Printer;
import distkv.cli.context.TreeClient;
import distkv.cli.options.OutputOptions;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;

/** Reverses {@link RunDrain}. */
@Command(
        name = "undrain",
        description = "Let a drained node run jobs for any node again.",
        footer = {"", "Example:", "  distkv client run -g house undrain attic"})
public final class RunUndrain implements CommandAction.OfJobs {
    @Mixin
    OutputOptions output = new OutputOptions();

    @Parameters(paramLabel = "NODE", description = "The node's name.")
    private String node = "";

    @Override
    public int run(TreeClient tree, JobScope scope, Printer printer) throws InterruptedException {
        printer.wrote(tree, GroupEditor.of(tree, scope, "undrain").setDrained(node, false));
        return 0;
    }
}
