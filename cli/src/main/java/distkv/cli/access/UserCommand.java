package distkv.cli.access;

import distkv.cli.options.HelpOption;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/** The commands on users. */
@Command(
        name = "user",
        description = "Manage the people who can log in.",
        footer = {"", "Example:", "  distkv user add anna --role owner"})
public final class UserCommand {
    @Mixin
    HelpOption help = new HelpOption();
}
