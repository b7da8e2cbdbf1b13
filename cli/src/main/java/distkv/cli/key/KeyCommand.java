package distkv.cli.key;

import distkv.cli.options.HelpOption;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/** The commands on keys that sign code. */
@Command(
        name = "key",
        description = "Make and show keys that sign stored code.",
        footer = {"", "Example:", "  distkv key create ~/.config/distkv/signing.key"})
public final class KeyCommand {
    @Mixin
    HelpOption help = new HelpOption();
}
