package distkv.cli;

import distkv.code.ProcedureException;
import java.util.stream.Collectors;

/**
 * Reports what went wrong: one line on standard error.
 *
 * @param verbosity 1 or more: with the trace of stored code that failed; 2 or more: with our own
 */
record Failure(Terminal terminal, int verbosity) {
    static final int FAILED = 1;
    static final int WRONG_USAGE = 2;

    int usage(String text) {
        terminal.err().println(oneLine(text));
        return WRONG_USAGE;
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
        return FAILED;
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
