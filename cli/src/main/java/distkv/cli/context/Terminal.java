package distkv.cli.context;

import distkv.cli.format.ReadableDates;
import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Clock;
import java.util.Map;

/**
 * The surroundings of a command: its streams, environment, clock and keyboard.
 *
 * @param colours whether the output goes to a terminal
 * @param home the project's directory, for its examples
 * @param python the interpreter that runs stored code, unless an option names another
 */
public record Terminal(
        PrintStream out,
        PrintStream err,
        Map<String, String> environment,
        Clock clock,
        boolean colours,
        Path home,
        Path python,
        Keyboard keyboard) {
    private static final int BUFFER = 1 << 14;

    public static Terminal system() {
        Path home = Path.of(System.getProperty("distkv.home", "."));
        boolean colours = System.getProperty("distkv.tty") != null && System.getenv("NO_COLOR") == null;
        return new Terminal(
                stream(FileDescriptor.out, BUFFER),
                stream(FileDescriptor.err, 1),
                System.getenv(),
                Clock.systemUTC(),
                colours,
                home,
                home.resolve("build/venv/bin/python"),
                Keyboard.system());
    }

    private static PrintStream stream(FileDescriptor descriptor, int buffer) {
        return new PrintStream(
                new java.io.BufferedOutputStream(new FileOutputStream(descriptor), buffer),
                buffer == 1,
                StandardCharsets.UTF_8);
    }

    /** The same, writing elsewhere. */
    public Terminal with(PrintStream newOut, PrintStream newErr) {
        return new Terminal(newOut, newErr, environment, clock, colours, home, python, keyboard);
    }

    /** Where a server that a user runs keeps its tree. */
    public Path dataDirectory() {
        return Path.of(environment.getOrDefault("HOME", "/"), ".local", "share", "distkv");
    }

    ReadableDates dates() {
        return new ReadableDates(clock);
    }
}
