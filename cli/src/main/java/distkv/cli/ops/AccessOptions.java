package distkv.cli.ops;

import distkv.cli.context.CommandContext;
import distkv.cli.input.FailedException;
import distkv.cli.input.UsageException;
import distkv.cli.options.BindAddress;
import distkv.server.ServerOptions;
import picocli.CommandLine.Option;

/** The options that say whether a server asks who its clients are. */
final class AccessOptions {
    @Option(
            names = {"--open"},
            description =
                    "Let everybody on this machine do everything without a log-in, as clients of the original expect"
                            + " it. On the loopback interface only.")
    private boolean open;

    @Option(
            names = {"--login"},
            description = "Whoever connects to the port must log in, on this machine too.")
    private boolean logIn;

    /** The server's options with these in them. */
    ServerOptions applyTo(ServerOptions options, BindAddress place) {
        if (open && logIn) {
            throw new UsageException("--open, --login (expected: one of them)");
        }
        boolean must = logIn || !place.isLoopback();
        return open || must ? options.open(!must) : options;
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
