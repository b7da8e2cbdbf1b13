package distkv.worker;

import java.io.PrintWriter;
import java.io.StringWriter;
import java.text.MessageFormat;
import java.util.ResourceBundle;
import org.jspecify.annotations.Nullable;

/** The logger of one run: sends its records to the runner, and discards them once the run is over. */
final class RunLogger implements System.Logger {
    private final RunnerConnection runner;
    private final long run;
    private final String name;
    private final Level least;
    private final LogRateLimiter allowance = new LogRateLimiter(System.nanoTime());
    private volatile boolean closed;

    RunLogger(RunnerConnection runner, long run, String name, Level least) {
        this.runner = runner;
        this.run = run;
        this.name = name;
        this.least = least;
    }

    @Override
    public String getName() {
        return name;
    }

    @Override
    public boolean isLoggable(Level level) {
        return !closed && level != Level.OFF && level.getSeverity() >= least.getSeverity();
    }

    @Override
    public void log(
            Level level, @Nullable ResourceBundle bundle, @Nullable String message, @Nullable Throwable thrown) {
        if (isLoggable(level)) {
            StringWriter text = new StringWriter();
            text.append(String.valueOf(message));
            if (thrown != null) {
                text.append('\n');
                thrown.printStackTrace(new PrintWriter(text));
            }
            write(level, text.toString());
        }
    }

    @Override
    public void log(
            Level level, @Nullable ResourceBundle bundle, @Nullable String format, @Nullable Object... parameters) {
        if (isLoggable(level)) {
            String text = String.valueOf(format);
            write(level, parameters == null || parameters.length == 0 ? text : MessageFormat.format(text, parameters));
        }
    }

    private void write(Level level, String text) {
        LogRateLimiter.Verdict verdict = allowance.ask(text.length(), System.nanoTime());
        if (verdict.notice() != null) {
            runner.log(run, Level.WARNING.name(), verdict.notice());
        }
        if (verdict.passes()) {
            runner.log(run, level == Level.TRACE ? "DEBUG" : level.name(), text);
        }
    }

    /** Logs how many records were dropped, and discards all further ones. */
    void close() {
        closed = true;
        String notice = allowance.rest();
        if (notice != null) {
            runner.log(run, Level.WARNING.name(), notice);
        }
    }
}
