package distkv.cli;

import picocli.CommandLine.Option;

/** {@code --help}, and nothing else. */
final class HelpOption {
    @Option(
            names = {"--help"},
            usageHelp = true,
            description = "Show this help.")
    boolean help;
}
