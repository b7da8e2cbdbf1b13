package distkv.cli.options;

import distkv.cli.context.Terminal;
import distkv.model.process.Trace;
import picocli.CommandLine.Option;

/** Whether to print what becomes of each request and job. */
public final class TraceOption {
    @Option(
            names = {"--trace"},
            description =
                    "Print a line on standard error for each station of each request and job. Default: $DISTKV_TRACE.")
    private boolean trace;

    /** Starts to print, if that is asked for. */
    public void start(Terminal terminal) {
        if (trace || Trace.isRequested(terminal.environment())) {
            Trace.writeTo(terminal.err()::println);
        }
    }
}
