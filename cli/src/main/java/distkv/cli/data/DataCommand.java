package distkv.cli.data;

import distkv.cli.options.HelpOption;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/** The commands on plain data. */
@Command(
        name = "data",
        description = "Read and write the data in the tree. 'data PATH get' and 'data get PATH' are the same.",
        footer = {"", "Example:", "  distkv client data list room"})
public final class DataCommand {
    @Mixin
    HelpOption help = new HelpOption();
}
