package distkv.cli.code;

import distkv.cli.options.HelpOption;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/** The commands on procedures. */
@Command(
        name = "code",
        description = "Manage procedures: Python or Java code that jobs run and clients call.",
        footer = {"", "Example:", "  distkv client code set -s scale.py -e factor 2 demo.scale"})
public final class CodeCommand {
    @Mixin
    HelpOption help = new HelpOption();
}
