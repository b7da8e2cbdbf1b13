package distkv.cli.node;

import distkv.cli.context.CommandAction;
import distkv.cli.context.CommandContext;
import distkv.cli.context.Printer;
import distkv.cli.options.HelpOption;
import java.nio.file.Files;
import java.util.List;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/** Reverses {@link InstallCommand}. */
@Command(
        name = "uninstall",
        description = "Stop what 'distkv install' has started, and remove its units. The data is kept.",
        footer = {"", "Example:", "  distkv uninstall --user"})
public final class UninstallCommand implements CommandAction.Local {
    @Mixin
    private InstallTarget place = new InstallTarget();

    @Mixin
    HelpOption help = new HelpOption();

    @Override
    public int run(CommandContext context) throws InterruptedException {
        Systemd systemd = place.systemd(context);
        systemd.check("with --root DIR, units are removed below a directory");
        Printer printer = context.printer();
        boolean any = false;
        for (String unit : List.of(SystemdUnit.RUNNER, SystemdUnit.SERVER)) {
            if (Files.exists(systemd.file(unit))) {
                systemd.control("disable", "--now", unit);
                systemd.remove(unit);
                printer.remark("removed " + systemd.file(unit));
                any = true;
            }
        }
        if (!any) {
            return printer.nothing("Nothing is installed in " + systemd.directory());
        }
        systemd.control("daemon-reload");
        printer.remark("The data is kept.");
        return 0;
    }
}
