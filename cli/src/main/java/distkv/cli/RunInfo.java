package distkv.cli;

import distkv.schema.job.Kind;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/** Lists groups, or nodes. */
@Command(
        name = "info",
        description = {
            "List the groups that have jobs:",
            "  run info          for any node",
            "  run -n - info     for all nodes",
            "  run -n NODE info  for one node",
            "or with 'run -g - info' the nodes that have jobs of their own."
        },
        footer = {"", "Example:", "  distkv client run -n - info"})
final class RunInfo implements Action.OfJobs {
    @Mixin
    Leaf leaf = new Leaf();

    @Override
    public int run(Tree tree, JobScope scope, Printer printer) throws InterruptedException {
        if (!scope.isEvery()) {
            Groups.print(tree, scope, printer);
        } else if (scope.kind() == Kind.ANY) {
            Groups.printNodes(tree, printer);
        } else {
            throw new UsageException("-g - excludes -n");
        }
        return 0;
    }
}
