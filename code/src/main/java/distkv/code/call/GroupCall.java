package distkv.code.call;

import distkv.code.CallLostException;
import distkv.code.CodeException;
import distkv.code.ProcedureException;
import distkv.model.Entry;
import distkv.model.Path;
import distkv.model.Value;
import distkv.protocol.Values;
import distkv.schema.code.CodeId;
import distkv.schema.error.ErrorDetail;
import distkv.schema.error.ErrorRecord;
import distkv.schema.error.ErrorReport;
import distkv.schema.job.Reason;
import distkv.schema.job.StateEntry;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * The state of one call in a group, derived from changes of its job's state and of the error tree. Used by the calling
 * thread only.
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
    /** The path of its error record; {@code null}: there is none. */
    private @Nullable Path record;

    private @Nullable CodeException failure;

    GroupCall(Path code, String group, Path job, Path state, Path errors) {
        this.procedure = CodeId.name(code);
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

    /** The path of its error record; {@code null}: there is none. */
    @Nullable
    Path record() {
        return record;
    }

    /** Applies a change. */
    void take(Entry entry) {
        Value value = entry.value();
        if (entry.path().equals(state)) {
            takeState(value == null ? null : StateEntry.read(value));
        } else if (isRecord(entry)) {
            record = entry.path();
        } else if (record != null
                && entry.path().startsWith(record)
                && value != null
                && Values.decode(value) instanceof Map<?, ?> detail) {
            failure = failure(ErrorDetail.read(detail));
        }
    }

    /** Applies a state; {@code null}: the job is gone. */
    private void takeState(@Nullable StateEntry now) {
        StateEntry is = now == null ? StateEntry.NEW : now;
        boolean running = is.node() != null;
        done |= is.result() != null;
        begun |= running || done || is.started() > 0;
        result = is.result() == null ? null : Values.decode(is.result());
        reason = is.reason().text();
        if (begun && !done && !running && is.backoff() == 0) {
            String why = now == null ? "this client was away from the server for too long" : "ended: " + reason;
            failure = new CallLostException(procedure, why);
        }
        // Otherwise an error has ended it, and its record follows.
    }

    /** Whether it is a record of an open error of this job. */
    private boolean isRecord(Entry entry) {
        ErrorRecord found = entry.path().length() == errors.length() + 2 ? ErrorRecord.read(entry) : null;
        return found != null
                && !found.resolved()
                && found.subsystem().equals(ErrorReport.RUN)
                && found.about().equals(job);
    }

    private CodeException failure(ErrorDetail detail) {
        if (detail.reason() == Reason.Code.NODE_LOST) {
            return new CallLostException(procedure, "node " + detail.data().get("node") + ", which ran it, has died");
        }
        String said = detail.text() == null ? detail.message() : detail.text();
        return new ProcedureException(
                procedure,
                detail.type(),
                said == null ? Objects.requireNonNullElse(detail.comment(), "failed") : said,
                detail.trace());
    }

    /** Whether a node has started it. */
    boolean isBegun() {
        return begun;
    }

    boolean isOver() {
        return done || failure != null;
    }

    /**
     * What it returned.
     *
     * @throws CodeException if it failed, or was ended
     */
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
