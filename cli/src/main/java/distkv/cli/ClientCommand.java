package distkv.cli;

import distkv.cli.format.OutputFormat;
import distkv.cli.options.HelpOption;
import distkv.cli.options.ServerAddress;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** The options of all commands that talk to a server. */
@Command(
        name = "client",
        description = "Talk to a server.",
        footer = {"", "Example:", "  distkv client -p 27587 data get room.temp"})
final class ClientCommand {
    @Mixin
    ServerAddress address = new ServerAddress();

    @Option(
            names = {"-m", "--metadata"},
            description = "Print metadata too: who wrote an entry last, and the number of that write.")
    boolean metadata;

    @Option(
            names = {"-o", "--output"},
            paramLabel = "FORMAT",
            description = "yaml (the default), json, or wire: as the original prints it.")
    @Nullable
    OutputFormat format;

    @Mixin
    HelpOption help = new HelpOption();
}
