package distkv.cli.ops;

import distkv.cli.context.CommandContext;
import distkv.cli.input.FailedException;
import distkv.cli.options.BindAddress;
import distkv.server.ServerOptions;
import picocli.CommandLine.Option;

/** The option that says whether a server asks who its clients are. */
final class AccessOptions {
    @Option(
            names = {"--open"},
            description = "Let everybody on this machine do everything at the port without a log-in, as clients of the"
                    + " original expect it. On the loopback interface only.")
    private boolean open;

    /** The server's options with this in them. */
    ServerOptions applyTo(ServerOptions options) {
        return options.open(open);
    }

    /** Whether the port wants no log-in. */
    boolean isOpen() {
        return open;
    }

    /** Refuses what is not safe. */
    void check(BindAddress place) {
        if (open && !place.isLoopback()) {
            throw new FailedException("cannot listen on " + place
                            + " with --open (expected: an address of the loopback interface)")
                    .withHint(
                            "without --open, clients log in; 'distkv user add NAME --role owner' adds the first user");
        }
    }

    /** Warns of what was asked for although it is not safe. */
    void warn(CommandContext context) {
        if (open) {
            context.printer()
                    .warning("--open: every user of this machine can change everything, and run code as the runner's"
                            + " user");
        }
    }
}
