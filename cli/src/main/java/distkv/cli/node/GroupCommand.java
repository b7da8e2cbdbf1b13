package distkv.cli.node;

import distkv.cli.options.GroupOption;
import distkv.cli.options.HelpOption;
import distkv.cli.options.NodeOption;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/** The commands on groups of nodes. */
@Command(
        name = "group",
        description = "Show a group of nodes, or set how many nodes it should have.",
        footer = {"", "Example:", "  distkv client run -g house group list"})
public final class GroupCommand {
    @Mixin
    NodeOption node = new NodeOption();

    @Mixin
    GroupOption group = new GroupOption();

    @Mixin
    HelpOption help = new HelpOption();
}
