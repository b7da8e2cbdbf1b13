package distkv.cli;

import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;

/** Lets a node have jobs for any node again. */
@Command(
        name = "undrain",
        description = "Let a node that was drained run jobs for any node again.",
        footer = {"", "Example:", "  distkv client run -g house undrain attic"})
final class RunUndrain implements Action.OfJobs {
    @Mixin
    Leaf leaf = new Leaf();

    @Parameters(paramLabel = "NODE", description = "The node's name.")
    private String node = "";

    @Override
    public int run(Tree tree, JobScope scope, Printer printer) throws InterruptedException {
        printer.wrote(tree, GroupEntry.of(tree, scope, "undrain").undrain(node));
        return 0;
    }
}
