package distkv.cli;

import distkv.server.Server;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/** Runs a server until the process is stopped. */
@Command(
        name = "server",
        description = {
            "Run a server until it is stopped by a signal (Ctrl-C, SIGTERM); nothing that was acknowledged is lost.",
            "It listens on the loopback only, since it cannot check yet who connects: every local user can change"
                    + " everything, and thereby run code as whoever runs the runner."
        },
        footer = {"", "Example:", "  distkv server --data /var/lib/distkv --bind 127.0.0.1:27586"})
final class ServerCommand implements Action.Local {
    @Mixin
    private ServerPlace place = new ServerPlace();

    @Mixin
    private TraceOption trace = new TraceOption();

    @Mixin
    HelpOption help = new HelpOption();

    @Override
    public int run(Context context) throws Exception {
        trace.start(context.terminal());
        try (Lifetime life = new Lifetime();
                Server server = place.start(context)) {
            context.printer().now(place.report(context, server));
            life.await();
        }
        return 0;
    }
}
