package distkv.cli.ops;

import distkv.cli.context.Terminal;
import distkv.model.process.Trace;
import picocli.CommandLine.Option;

/** Whether to print what becomes of each request. */
final class TraceOption {
    @Option(
            names = {"--trace"},
            description = "Print a line on standard error for each station of each request. Default: $DISTKV_TRACE.")
    private boolean trace;

    /** Starts to print, if that is asked for. */
    void start(Terminal terminal) {
        if (trace || Trace.isRequested(terminal.environment())) {
            Trace.writeTo(terminal.err()::println);
        }
    }
}
