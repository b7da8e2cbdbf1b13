package distkv.cli;

import distkv.cli.format.OutputFormat;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** The options of all commands. */
@Command(
        name = "distkv",
        versionProvider = Version.class,
        description = "Data, the code that works on it, and the jobs that run it: in one tree, on many nodes.",
        footer = {"", "Example:", "  distkv up", "  distkv client data set -e : 21.5 room.temp"})
final class RootCommand {
    @Option(
            names = {"-v", "--verbose"},
            description = "Print more. Twice: stack traces too.")
    boolean[] verbose = {};

    @Option(
            names = {"-q", "--quiet"},
            description = "Print errors only.")
    boolean[] quiet = {};

    @Option(
            names = {"-c", "--cfg"},
            paramLabel = "FILE",
            description =
                    "Configuration (YAML). Default: the first of $DISTKV_CFG, ~/.config/distkv.yaml, /etc/distkv.yaml.")
    @Nullable
    Path file;

    @Option(
            names = {"-C", "--conf"},
            paramLabel = "KEY=VALUE",
            description = "Override a configuration entry, for example connect.port=27587.")
    List<String> overrides = new ArrayList<>();

    @Option(
            names = {"-o", "--output"},
            paramLabel = "FORMAT",
            description = "yaml (the default), json, or wire: as the original prints it.")
    @Nullable
    OutputFormat format;

    @Option(
            names = {"-h", "-?", "--help"},
            usageHelp = true,
            description = "Show this help. Commands below this one understand --help only.")
    boolean help;

    @Option(
            names = {"--version"},
            versionHelp = true,
            description = "Show the version.")
    boolean version;

    int verbosity() {
        return verbose.length - quiet.length;
    }
}
