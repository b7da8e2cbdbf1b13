package distkv.schema.error;

import distkv.model.Path;
import distkv.schema.job.Reason;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** News for the error tree. */
public sealed interface ErrorReport {
    /** The subsystem of jobs. */
    String RUN = "run";
    /** The subsystem of procedures and modules. */
    String COMPILE = "compile";

    String subsystem();

    /** What it is about: for {@link #RUN} the job's entry, for {@link #COMPILE} the procedure's. */
    Path path();

    /**
     * It failed.
     *
     * @param severity 0 fatal, 1 error, … 6 trace; a lesser problem does not cover a greater one
     * @param message what happened, in one line
     * @param comment the error as its language writes it
     * @param text the error's own text
     * @param type the exception's class; {@code null} if there was none
     * @param reason why a run was lost or refused, where that is what happened
     * @param data what is needed to see it happen again
     */
    record Failed(
            String subsystem,
            Path path,
            int severity,
            @Nullable String message,
            @Nullable String comment,
            @Nullable String text,
            @Nullable String type,
            Reason.@Nullable Code reason,
            @Nullable String trace,
            Map<String, @Nullable Object> data)
            implements ErrorReport {

        /** A failure that the runner itself has found. */
        public static Failed plain(String subsystem, Path path, String message, Map<String, @Nullable Object> data) {
            return new Failed(subsystem, path, 0, message, null, null, null, null, null, data);
        }

        /** The same, for this reason. */
        public Failed because(Reason.Code why) {
            return new Failed(subsystem, path, severity, message, comment, text, type, why, trace, data);
        }
    }

    /** It works: what was recorded of it is resolved. */
    record Well(String subsystem, Path path, @Nullable String comment, Map<String, @Nullable Object> data)
            implements ErrorReport {}
}
