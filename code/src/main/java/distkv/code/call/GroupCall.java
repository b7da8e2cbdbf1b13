package distkv.code.call;

import distkv.code.CodeException;
import distkv.code.ProcedureException;
import distkv.model.Entry;
import distkv.model.Path;
import distkv.model.Value;
import distkv.protocol.Values;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * What is known of one call in a group, as changes of its job's state and of the error tree come in. Used by the calling
 * thread alone.
 */
final class GroupCall {
    private final String procedure;
    private final String group;
    private final Path job;
    private final Path state;
    private final Path errors;
    private String reason = "";
    private boolean begun;
    private boolean done;
    private @Nullable Object result;
    /** Where the record of its error is; {@code null} while there is none. */
    private @Nullable Path record;

    private @Nullable ProcedureException failure;

    GroupCall(Path code, String group, Path job, Path state, Path errors) {
        this.procedure = Stored.name(code);
        this.group = group;
        this.job = job;
        this.state = state;
        this.errors = errors;
    }

    Path job() {
        return job;
    }

    Path state() {
        return state;
    }

    /** The record of its error, if there is one. */
    @Nullable
    Path record() {
        return record;
    }

    /** Takes in a change. */
    void take(Entry entry) {
        Value value = entry.value();
        if (value == null || !(Values.decode(value) instanceof Map<?, ?> map)) {
            return;
        } else if (entry.path().equals(state)) {
            begun |= map.get("node") != null || map.containsKey("result");
            done |= map.containsKey("result");
            result = map.get("result");
            reason = String.valueOf(map.get("reason"));
        } else if (isRecord(entry.path(), map)) {
            record = entry.path();
        } else if (record != null && entry.path().startsWith(record)) {
            failure = failure(map);
        }
    }

    private boolean isRecord(Path path, Map<?, ?> map) {
        return path.length() == errors.length() + 2
                && Boolean.FALSE.equals(map.get("resolved"))
                && "run".equals(map.get("subsystem"))
                && job.equals(map.get("path") instanceof List<?> list ? Path.of(list) : map.get("path"));
    }

    private ProcedureException failure(Map<?, ?> detail) {
        String comment = text(detail.get("comment"));
        String text = text(detail.get("str"));
        String message = text(detail.get("message"));
        // A comment that shows an exception begins with its class.
        String type = text == null || comment == null || !comment.contains("(")
                ? null
                : comment.substring(0, comment.indexOf('('));
        String said = text == null ? message : text;
        return new ProcedureException(
                procedure,
                type,
                said == null ? Objects.requireNonNullElse(comment, "failed") : said,
                text(detail.get("trace")));
    }

    private static @Nullable String text(@Nullable Object found) {
        return found instanceof String text ? text : null;
    }

    /** Whether a node has it. */
    boolean isBegun() {
        return begun;
    }

    boolean isOver() {
        return done || failure != null;
    }

    /** What it returned. @throws ProcedureException if it failed */
    @Nullable
    Object outcome() {
        if (failure != null) {
            throw failure;
        }
        return result;
    }

    CodeException notBegun(long seconds) {
        String why = reason.isEmpty() ? "" : ": " + reason;
        return new CodeException(procedure + ": no node of group " + group + " has begun it within " + seconds + " s"
                + why + " (expected: a runner of its jobs for any node: distkv client run -g " + group + " all)");
    }
}
