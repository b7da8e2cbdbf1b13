package distkv.cli;

import distkv.cli.context.Terminal;
import java.util.List;

/** The entry point: {@code distkv ARGUMENTS…}. */
public final class Main {
    private Main() {}

    /** Runs one command in this process and exits with its code. */
    public static void main(String[] arguments) {
        Terminal terminal = Terminal.system();
        int code = new CommandLineRun(terminal).run(List.of(arguments));
        terminal.out().flush();
        terminal.err().flush();
        // Not Runtime.exit: a stop by signal waits in a shutdown hook for the command to end, which would wait for it.
        System.exit(code);
    }
}
