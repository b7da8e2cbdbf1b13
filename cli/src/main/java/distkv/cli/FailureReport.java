package distkv.cli;

import distkv.cli.context.Terminal;
import distkv.cli.input.FailedException;
import distkv.cli.input.UsageException;
import distkv.code.ProcedureException;
import java.util.stream.Collectors;

/**
 * Reports what went wrong: one line on standard error.
 *
 * @param verbosity 1 or more: with the trace of stored code that failed; 2 or more: with our own
 */
record FailureReport(Terminal terminal, int verbosity) {
    int usage(String text) {
        terminal.err().println(oneLine(text));
        return UsageException.EXIT_CODE;
    }

    int failed(String command, Exception e) {
        if (e instanceof InterruptedException) {
            Thread.currentThread().interrupt();
        }
        terminal.err().println(oneLine(command + ": " + text(e)));
        if (verbosity >= 1 && e instanceof ProcedureException procedure && procedure.trace() != null) {
            terminal.err().println(procedure.trace().stripTrailing());
        } else if (verbosity >= 2) {
            e.printStackTrace(terminal.err());
        }
        return FailedException.EXIT_CODE;
    }

    private static String text(Exception e) {
        return switch (e) {
            case FailedException failed -> String.valueOf(failed.getMessage());
            case InterruptedException interrupted -> "stopped";
            default -> e.getMessage() == null ? e.getClass().getSimpleName() : e.getMessage();
        };
    }

    private static String oneLine(String text) {
        return text.lines().map(String::strip).collect(Collectors.joining(" "));
    }
}
