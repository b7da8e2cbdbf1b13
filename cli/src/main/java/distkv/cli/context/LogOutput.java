package distkv.cli.context;

import java.io.PrintStream;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.text.MessageFormat;
import java.time.LocalTime;
import java.time.ZoneId;
import java.time.format.DateTimeFormatter;
import java.util.ResourceBundle;
import org.jspecify.annotations.Nullable;

/** Writes log lines to standard error, one line each. The JDK finds this class as a service. */
public final class LogOutput extends System.LoggerFinder {
    private static final DateTimeFormatter TIME = DateTimeFormatter.ofPattern("HH:mm:ss.SSS");
    private static volatile System.Logger.Level least = System.Logger.Level.WARNING;
    private static volatile PrintStream stream = System.err;

    /** Sets which lines are written, and where. */
    public static void set(Terminal terminal, int verbosity) {
        stream = terminal.err();
        least = verbosity < 0
                ? System.Logger.Level.ERROR
                : verbosity == 0
                        ? System.Logger.Level.WARNING
                        : verbosity == 1 ? System.Logger.Level.INFO : System.Logger.Level.DEBUG;
    }

    @Override
    public System.Logger getLogger(String name, Module module) {
        return new Named(name);
    }

    /** A line as it is written, also for what jobs log. */
    public static void write(String level, String name, String text) {
        stream.println(LocalTime.now(ZoneId.systemDefault()).format(TIME) + " " + level + " " + name + ": " + text);
    }

    private record Named(String name) implements System.Logger {
        @Override
        public String getName() {
            return name;
        }

        @Override
        public boolean isLoggable(Level level) {
            return level.getSeverity() >= least.getSeverity();
        }

        @Override
        public void log(
                Level level, @Nullable ResourceBundle bundle, @Nullable String text, @Nullable Throwable cause) {
            if (isLoggable(level)) {
                StringWriter trace = new StringWriter();
                if (cause != null && least.getSeverity() <= Level.DEBUG.getSeverity()) {
                    cause.printStackTrace(new PrintWriter(trace.append("\n"), true));
                } else if (cause != null) {
                    trace.append(": ").append(String.valueOf(cause));
                }
                write(level.getName(), name, text + trace);
            }
        }

        @Override
        public void log(
                Level level, @Nullable ResourceBundle bundle, @Nullable String format, @Nullable Object... parameters) {
            if (isLoggable(level) && format != null) {
                boolean plain = parameters == null || parameters.length == 0;
                write(level.getName(), name, plain ? format : MessageFormat.format(format, parameters));
            }
        }
    }
}
