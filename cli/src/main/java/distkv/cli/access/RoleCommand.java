package distkv.cli.access;

import distkv.cli.options.HelpOption;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/** The commands on roles. */
@Command(
        name = "role",
        description = "Show and define roles, which say who may do what.",
        footer = {"", "Example:", "  distkv role list"})
public final class RoleCommand {
    @Mixin
    HelpOption help = new HelpOption();
}
