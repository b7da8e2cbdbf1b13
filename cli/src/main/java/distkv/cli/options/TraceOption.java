package distkv.cli.options;

import distkv.cli.context.Terminal;
import distkv.model.process.Trace;
import picocli.CommandLine.Option;

/** The option {@code --trace}: a line for each station of each request. */
public final class TraceOption {
    @Option(
            names = {"--trace"},
            description = "Print a line on standard error for each station of each request. Default: $DISTKV_TRACE.")
    private boolean trace;

    /** Starts the trace, if the option or the environment asks for it. */
    public void start(Terminal terminal) {
        if (trace || Trace.isRequested(terminal.environment())) {
            Trace.writeTo(terminal.err()::println);
        }
    }
}
