package distkv.runner.worker;

import distkv.model.Guard;
import distkv.model.Path;
import distkv.schema.code.Procedure;
import distkv.schema.job.Limits;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A run to be started.
 *
 * @param run its number, never used twice by a runner
 * @param job where the job's entry is
 * @param globals what the code finds as globals
 * @param modules the names of those to be loaded first, in that order
 * @param claim the claim that fences its writes
 * @param outlivesClaim whether it goes on when the claim may have ended
 * @param alone whether no other run may share its worker
 * @param limits how much it may use
 * @param log the name of its logger
 */
public record Launch(
        long run,
        Path job,
        Procedure procedure,
        Map<String, @Nullable Object> globals,
        List<Path> modules,
        Guard claim,
        boolean outlivesClaim,
        boolean alone,
        Limits limits,
        String log) {

    /** The same, that may use no more than this either; a run with limits is alone in its worker. */
    public Launch within(Limits node) {
        Limits all = limits.over(node);
        return new Launch(
                run, job, procedure, globals, modules, claim, outlivesClaim, alone || !all.isEmpty(), all, log);
    }

    /** The same, with another claim. */
    Launch under(Guard newClaim) {
        return new Launch(run, job, procedure, globals, modules, newClaim, outlivesClaim, alone, limits, log);
    }

    /** How the run ends that has exceeded the limit of this name. */
    Ended exceeded(String limit) {
        return new Ended.Failed(Ended.Fault.ERROR, null, limits.exceeded(limit), null, null, Map.of());
    }
}
