package distkv.cli.code;

import distkv.cli.options.HelpOption;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/** The commands on modules. */
@Command(
        name = "module",
        description = "Manage modules: Python or Java code that procedures import.",
        footer = {"", "Example:", "  distkv client code module set -s units.py house.units"})
public final class ModuleCommand {
    @Mixin
    HelpOption help = new HelpOption();
}
