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
            "The user that it runs as needs no log-in on this machine: commands find its Unix socket. At the port"
                    + " everybody logs in, unless --open permits this machine to do everything."
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
        return copies.run(context, place.starter(context), place.data(context), place.isShared());
    }
}
