package distkv.runner;

import java.time.Instant;

/** Takes what jobs log and what the runner has to say. Called by one thread at a time; it must not wait for long. */
@FunctionalInterface
public interface JobLog {
    /**
     * One line.
     *
     * @param level {@code DEBUG}, {@code INFO}, {@code WARNING}, {@code ERROR} or {@code CRITICAL}
     * @param name the job's path within its group, or {@code runner}
     */
    record Line(Instant at, String level, String name, String text) {}

    void log(Line line);
}
