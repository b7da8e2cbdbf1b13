package distkv.cli.join;

import distkv.cli.options.HelpOption;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/** The commands on machines that join as nodes. */
@Command(
        name = "node",
        description = "Let other machines join as nodes, list them, or revoke one.",
        footer = {"", "Example:", "  distkv node invite attic"})
public final class NodeCommand {
    @Mixin
    HelpOption help = new HelpOption();
}
