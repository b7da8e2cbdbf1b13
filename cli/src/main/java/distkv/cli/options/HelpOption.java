package distkv.cli.options;

import picocli.CommandLine.Option;

/** {@code --help}, and nothing else. */
public final class HelpOption {
    @Option(
            names = {"--help"},
            usageHelp = true,
            description = "Show this help.")
    boolean help;
}
