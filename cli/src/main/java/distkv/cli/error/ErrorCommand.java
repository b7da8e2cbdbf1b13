package distkv.cli.error;

import distkv.cli.options.HelpOption;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/** The commands on error records. */
@Command(
        name = "error",
        description = "Show what failed, and mark it as resolved.",
        footer = {"", "Example:", "  distkv client error list -v"})
public final class ErrorCommand {
    @Mixin
    HelpOption help = new HelpOption();
}
