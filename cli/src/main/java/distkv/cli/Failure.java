package distkv.cli;

import java.util.stream.Collectors;

/**
 * Reports what went wrong: one line on standard error.
 *
 * @param verbosity 2 or more: with the stack trace
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
        if (verbosity >= 2) {
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
