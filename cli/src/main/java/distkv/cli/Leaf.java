package distkv.cli;

import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** What each command that prints something understands. */
final class Leaf {
    @Option(
            names = {"-o", "--output"},
            paramLabel = "FORMAT",
            description = "yaml (the default), json, or wire: as the original prints it.")
    @Nullable
    Format format;

    @Option(
            names = {"--help"},
            usageHelp = true,
            description = "Show this help.")
    boolean help;
}
