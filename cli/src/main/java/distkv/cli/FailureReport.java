package distkv.cli;

import distkv.cli.context.Printer;
import distkv.cli.context.Terminal;
import distkv.cli.input.CommandException;
import distkv.cli.input.FailedException;
import distkv.cli.input.UsageException;
import distkv.code.ProcedureException;
import java.util.stream.Collectors;

/**
 * Reports what went wrong on standard error: in one line, and advice in a second one.
 *
 * @param verbosity 1 or more: with the trace of stored code that failed; 2 or more: with our own
 */
record FailureReport(Terminal terminal, int verbosity) {
    int usage(String command, UsageException e) {
        print(command, e);
        return UsageException.EXIT_CODE;
    }

    int failed(String command, Exception e) {
        if (e instanceof InterruptedException) {
            Thread.currentThread().interrupt();
        }
        print(command, e);
        if (verbosity >= 1 && e instanceof ProcedureException procedure && procedure.trace() != null) {
            terminal.err().println(procedure.trace().stripTrailing());
        } else if (verbosity >= 2) {
            e.printStackTrace(terminal.err());
        }
        return FailedException.EXIT_CODE;
    }

    private void print(String command, Exception e) {
        terminal.err().println(oneLine(command + ": " + text(e)));
        if (e instanceof CommandException known && known.hint() != null) {
            terminal.err().println(Printer.HINT + oneLine(known.hint()));
        }
    }

    private static String text(Exception e) {
        return switch (e) {
            case InterruptedException interrupted -> "stopped";
            default -> e.getMessage() == null ? e.getClass().getSimpleName() : e.getMessage();
        };
    }

    private static String oneLine(String text) {
        return text.lines().map(String::strip).collect(Collectors.joining(" "));
    }
}
