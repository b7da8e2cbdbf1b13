package distkv.cli.options;

import distkv.cli.format.OutputFormat;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** The options of every command that prints something. */
public final class OutputOptions {
    @Option(
            names = {"-o", "--output"},
            paramLabel = "FORMAT",
            description = "yaml (the default), json, or wire: as the original prints it.")
    @Nullable
    OutputFormat format;

    @Option(
            names = {"--help"},
            usageHelp = true,
            description = "Show this help.")
    boolean help;
}
