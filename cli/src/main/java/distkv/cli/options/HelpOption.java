package distkv.cli.options;

import picocli.CommandLine.Option;

/** The option {@code --help}. */
public final class HelpOption {
    @Option(
            names = {"--help"},
            usageHelp = true,
            description = "Show this help.")
    boolean help;
}
