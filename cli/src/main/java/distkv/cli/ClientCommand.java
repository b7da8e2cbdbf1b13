package distkv.cli;

import distkv.cli.config.Config;
import distkv.cli.format.OutputFormat;
import distkv.cli.options.HelpOption;
import distkv.cli.options.ServerAddress;
import distkv.model.Path;
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
            names = {"-a", "--auth"},
            paramLabel = "WORDS",
            description =
                    "What to log in with: 'password name=NAME password=PASSWORD', or =FILE. Others on this machine"
                            + " can read it; 'distkv login' is better. Default: connect.auth.")
    @Nullable
    String auth;

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

    /** The configuration with these options in it. */
    Config applyTo(Config config) {
        Config there = address.applyTo(config);
        return auth == null ? there : there.overridden(Path.of("connect", "auth"), auth);
    }
}
