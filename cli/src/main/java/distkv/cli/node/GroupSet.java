package distkv.cli.node;

import distkv.cli.context.CommandAction;
import distkv.cli.context.JobScope;
import distkv.cli.context.Printer;
import distkv.cli.context.TreeClient;
import distkv.cli.input.UsageException;
import distkv.cli.options.OutputOptions;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** Sets how many nodes a group should have. */
@Command(
        name = "set",
        description = {
            "Set how many nodes a group should have. Running code is notified at once whether the group is complete.",
            "'run all --nodes' overrides this for the jobs of that runner."
        },
        footer = {"", "Example:", "  distkv client run -g house group set --nodes 3"})
public final class GroupSet implements CommandAction.OfJobs {
    @Mixin
    OutputOptions output = new OutputOptions();

    @Option(
            names = {"-n", "--nodes"},
            required = true,
            paramLabel = "SIZE",
            description = "The number of nodes; '-' or 0: two or more.")
    private String nodes = "";

    @Override
    public int run(TreeClient tree, JobScope scope, Printer printer) throws InterruptedException {
        GroupEditor group = GroupEditor.of(tree, scope, "group set");
        printer.wrote(tree, group.setNodes(nodes.equals("-") ? null : (Long) count()));
        return 0;
    }

    private long count() {
        try {
            int count = Integer.parseInt(nodes);
            if (count >= 0) {
                return count;
            }
        } catch (NumberFormatException e) {
            throw wrong(e);
        }
        throw wrong(null);
    }

    private UsageException wrong(@Nullable Throwable cause) {
        String text = "--nodes " + nodes + " (expected: a whole number, or '-' for two or more)";
        return cause == null ? new UsageException(text) : new UsageException(text, cause);
    }
}
