package distkv.cli.access;

import distkv.cli.options.HelpOption;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/** The commands on tokens. */
@Command(
        name = "token",
        description = "Manage the tokens that programs log in with.",
        footer = {"", "Example:", "  distkv token create backup --role viewer --expires 30d"})
public final class TokenCommand {
    @Mixin
    HelpOption help = new HelpOption();
}
