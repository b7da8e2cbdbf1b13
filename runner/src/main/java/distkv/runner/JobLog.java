package distkv.runner;

import distkv.model.Path;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/** Takes what jobs log and what the runner has to say. Called by one thread at a time; it must not wait for long. */
@FunctionalInterface
public interface JobLog {
    /**
     * One line.
     *
     * @param level {@code DEBUG}, {@code INFO}, {@code WARNING}, {@code ERROR} or {@code CRITICAL}
     * @param name the job's path within its group, or {@code runner}
     * @param job where the job's entry is; {@code null} if it is about the runner
     */
    record Line(
            Instant at, String level, String name, @Nullable Path job, String text) {}

    void log(Line line);
}
