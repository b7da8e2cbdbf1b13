package distkv.cli;

import picocli.CommandLine.Command;

/** The commands on plain data. */
@Command(
        name = "data",
        description = "Read and write the data in the tree. 'data PATH get' and 'data get PATH' are the same.",
        footer = {"", "Example:", "  distkv client data list room"})
final class DataGroup {}
