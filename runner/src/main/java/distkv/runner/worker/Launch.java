package distkv.runner.worker;

import distkv.model.Guard;
import distkv.model.Path;
import distkv.schema.code.Procedure;
import distkv.schema.job.Limits;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A run that is to be started.
 *
 * @param run its number, which a runner uses only once
 * @param job the path of the job's entry
 * @param globals the global variables of the code
 * @param modules the modules to load first, in this order
 * @param claim the claim that fences its writes
 * @param outlivesClaim whether it continues when its claim may have expired
 * @param alone whether no other run may share its worker
 * @param limits how much it may use
 * @param log the name of its logger
 * @param secrets the files of its secrets, by the names that the code uses
 * @param as whom it acts as
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
        String log,
        Map<String, String> secrets,
        @Nullable String as) {

    /** A run without secrets that acts as the owner. */
    public Launch(
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
        this(run, job, procedure, globals, modules, claim, outlivesClaim, alone, limits, log, Map.of(), null);
    }

    /** The same run under the limits of the node as well. A run with limits does not share its worker. */
    public Launch within(Limits node) {
        Limits all = limits.over(node);
        return new Launch(
                run,
                job,
                procedure,
                globals,
                modules,
                claim,
                outlivesClaim,
                alone || !all.isEmpty(),
                all,
                log,
                secrets,
                as);
    }

    /** The same run with another claim. */
    Launch under(Guard newClaim) {
        return new Launch(
                run, job, procedure, globals, modules, newClaim, outlivesClaim, alone, limits, log, secrets, as);
    }

    /** The sort of place that it needs. */
    Place place() {
        return new Place(procedure.language(), alone, outlivesClaim, !limits.isOffline(), as);
    }

    /** The failure of a run that has exceeded the limit of this name. */
    Ended exceeded(String limit) {
        return new Ended.Failed(Ended.Fault.ERROR, null, limits.exceeded(limit), null, null, Map.of());
    }
}
