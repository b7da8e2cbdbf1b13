package distkv.runner.lifecycle;

import distkv.model.Path;
import distkv.runner.schedule.Attempt;
import distkv.runner.worker.Ended;
import distkv.schema.error.ErrorReport;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Puts what a worker tells of a failure into words and records. */
final class FailureFormatter {
    private FailureFormatter() {}

    /** The record of a failure. */
    static ErrorReport.Failed report(
            String subsystem, Path path, int severity, @Nullable String comment, Ended.Failed failed, Attempt attempt) {
        Map<String, @Nullable Object> data = new LinkedHashMap<>();
        data.put("code", attempt.procedure().path());
        if (failed.line() != null) {
            data.put("line", failed.line());
        }
        data.putAll(attempt.job().data());
        data.putAll(failed.data());
        return new ErrorReport.Failed(
                subsystem,
                path,
                severity,
                message(failed),
                comment == null ? repr(failed) : comment,
                failed.message(),
                failed.type(),
                null,
                failed.trace(),
                data);
    }

    /** What happened, in one line; {@code null} if the exception says it all. The worker names procedure and line. */
    private static @Nullable String message(Ended.Failed failed) {
        return switch (failed.fault()) {
            case COMPILE -> "Does not compile: " + failed.message();
            case VARS, STALLED, INTERRUPTED, BLOCKED -> failed.message();
            case CANCELLED -> "Cancelled, but not by the runner";
            case ERROR, RECORDED, LOST -> failed.type() == null ? failed.message() : null;
        };
    }

    /** The exception as Python shows it. */
    private static @Nullable String repr(Ended.Failed failed) {
        if (failed.type() == null) {
            return null;
        }
        String text = failed.message() == null ? "" : failed.message();
        char quote = text.contains("'") && !text.contains("\"") ? '"' : '\'';
        StringBuilder shown = new StringBuilder(failed.type()).append('(');
        if (!text.isEmpty()) {
            String escaped = text.replace("\\", "\\\\").replace("\n", "\\n");
            shown.append(quote)
                    .append(quote == '\'' ? escaped.replace("'", "\\'") : escaped)
                    .append(quote);
        }
        return shown.append(')').toString();
    }

    /** A line for the operator. */
    static String line(Ended.Failed failed, @Nullable String comment) {
        String what = repr(failed);
        String where = failed.line() == null ? "" : " (line " + failed.line() + ")";
        String text = what == null ? String.valueOf(failed.message()) : what;
        return (comment == null ? text : comment + ": " + text) + where;
    }

    /** A map's entries whose keys are text; none if it is no map. */
    static Map<String, @Nullable Object> names(@Nullable Object map) {
        Map<String, @Nullable Object> names = new LinkedHashMap<>();
        if (map instanceof Map<?, ?> given) {
            given.forEach((key, value) -> names.put(String.valueOf(key), value));
        }
        return names;
    }
}
