package distkv.runner.schedule;

import distkv.model.Path;
import distkv.schema.code.CodeEntry;
import distkv.schema.code.CodeId;
import distkv.schema.code.Procedure;
import distkv.schema.job.JobEntry;
import distkv.schema.job.Stop;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What a run was started with, and so which changes concern it.
 *
 * @param uses the other stored code that it requires or has imported, with its versions; what must be loaded before it
 *     comes first, in that order
 */
public record Attempt(JobEntry job, Procedure procedure, Map<CodeId, Long> uses) {
    /** One that uses no other code. */
    public Attempt(JobEntry job, Procedure procedure) {
        this(job, procedure, Map.of());
    }

    /** The same, if the run uses that piece of code too; what it has met first, it keeps. */
    public Attempt using(CodeId piece, long version) {
        Map<CodeId, Long> all = new LinkedHashMap<>(uses);
        all.putIfAbsent(piece, version);
        return new Attempt(job, procedure, all);
    }

    /** The modules to be loaded before the procedure, in that order. */
    public List<Path> modules() {
        return uses.keySet().stream()
                .filter(piece -> piece.sort() == CodeId.Sort.MODULE)
                .map(CodeId::path)
                .toList();
    }

    /** The globals of the run: the procedure's defaults, overlaid by the job's data. */
    public Map<String, @Nullable Object> globals() {
        Map<String, @Nullable Object> globals = new LinkedHashMap<>(procedure.defaults());
        globals.putAll(job.data());
        return globals;
    }

    /**
     * Why a run must end, given what its entry and its code are now; {@code null} if it may go on. Changes of
     * {@code info}, {@code repeat}, {@code delay} and {@code backoff} do not disturb it.
     *
     * @param now the entry, {@code null} if it is gone
     */
    public @Nullable Stop disturbedBy(@Nullable JobEntry now, CodeEntry code) {
        if (now == null) {
            return Stop.ENTRY_DELETED;
        }
        if (now.target() == 0) {
            return Stop.NO_TARGET;
        }
        if (!procedure.path().equals(now.code()) || !same(code)) {
            return Stop.CODE_CHANGED;
        }
        if (!job.sameData(now)) {
            return Stop.DATA_CHANGED;
        }
        if (!job.limits().equals(now.limits())) {
            return Stop.LIMITS_CHANGED;
        }
        if (now.target() != job.target()) {
            return Stop.TARGET_CHANGED;
        }
        boolean sameSettings = now.placement().split() == job.placement().split() && job.actsLike(now);
        return sameSettings ? null : Stop.SETTINGS_CHANGED;
    }

    /** Whether a failed run would not be the same one today. */
    public boolean mendedBy(JobEntry now, CodeEntry code) {
        return !procedure.path().equals(now.code())
                || !same(code)
                || !job.sameData(now)
                || !job.limits().equals(now.limits())
                || !job.actsLike(now);
    }

    private boolean same(CodeEntry code) {
        return code instanceof CodeEntry.Found found && found.procedure().same(procedure);
    }
}
