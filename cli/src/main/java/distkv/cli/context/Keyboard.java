package distkv.cli.context;

import distkv.cli.input.TextInput;
import java.io.Console;
import org.jspecify.annotations.Nullable;

/** Where people type answers, and programs pass text. */
public interface Keyboard {
    /** Whether there is anybody to ask. */
    boolean isThere();

    /** Asks for a line; empty at the end of the input. */
    String line(String prompt);

    /** The same, without showing what is typed. */
    String secret(String prompt);

    /** All of standard input, without the line break at its end. */
    default String allInput() {
        return new TextInput().text("@-").stripTrailing();
    }

    /** The terminal of this process. */
    static Keyboard system() {
        return new Keyboard() {
            // Looked for only when somebody is to be asked, since that takes a while.
            @SuppressWarnings("SystemConsoleNull") // It does without a terminal, unless a console has lines edited.
            private @Nullable Console terminal() {
                Console console = System.console();
                return console != null && console.isTerminal() ? console : null;
            }

            @Override
            public boolean isThere() {
                return terminal() != null;
            }

            @Override
            public String line(String prompt) {
                Console terminal = terminal();
                String line = terminal == null ? null : terminal.readLine("%s", prompt);
                return line == null ? "" : line.strip();
            }

            @Override
            public String secret(String prompt) {
                Console terminal = terminal();
                char[] typed = terminal == null ? null : terminal.readPassword("%s", prompt);
                return typed == null ? "" : new String(typed);
            }
        };
    }
}
