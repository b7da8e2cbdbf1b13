package distkv.cli.ops;

import distkv.cli.context.CommandAction;
import distkv.cli.context.CommandContext;
import distkv.cli.copy.CopyOptions;
import distkv.cli.options.HelpOption;
import distkv.cli.options.TraceOption;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/** Runs a server until the process is stopped. */
@Command(
        name = "server",
        description = {
            "Run a server until a signal (Ctrl-C, SIGTERM) stops it; no acknowledged write is lost.",
            "It listens on the loopback interface only, since it cannot check yet who connects: every local user can"
                    + " change everything, and so run code as the user of the runner."
        },
        footer = {"", "Example:", "  distkv server --data /var/lib/distkv --bind 127.0.0.1:27586"})
public final class ServerCommand implements CommandAction.Local {
    @Mixin
    private ServerStartOptions place = new ServerStartOptions();

    @Mixin
    private CopyOptions copies = new CopyOptions();

    @Mixin
    private TraceOption trace = new TraceOption();

    @Mixin
    HelpOption help = new HelpOption();

    @Override
    public int run(CommandContext context) throws Exception {
        trace.start(context.terminal());
        return copies.run(context, place.starter(context), place.data(context));
    }
}
