package distkv.cli.run;

import distkv.cli.context.CommandAction;
import distkv.cli.context.JobScope;
import distkv.cli.context.Printer;
import distkv.cli.context.TreeClient;
import distkv.cli.input.UsageException;
import distkv.cli.options.OutputOptions;
import distkv.cli.view.GroupNames;
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
            "With 'run -g - info': list the nodes that have jobs of their own."
        },
        footer = {"", "Example:", "  distkv client run -n - info"})
public final class RunInfo implements CommandAction.OfJobs {
    @Mixin
    OutputOptions output = new OutputOptions();

    @Override
    public int run(TreeClient tree, JobScope scope, Printer printer) throws InterruptedException {
        if (!scope.isEvery()) {
            GroupNames.print(tree, scope, printer);
        } else if (scope.kind() == Kind.ANY) {
            GroupNames.printNodes(tree, printer);
        } else {
            throw new UsageException("-g - (expected: no -n beside it)");
        }
        return 0;
    }
}
