package distkv.cli;

import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/** The commands on plain data. */
@Command(
        name = "data",
        description = "Read and write the data in the tree. 'data PATH get' and 'data get PATH' are the same.",
        footer = {"", "Example:", "  distkv client data list room"})
final class DataGroup {
    @Mixin
    HelpOption help = new HelpOption();
}
