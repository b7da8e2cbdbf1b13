package distkv.runner;

import distkv.model.process.Trace;
import distkv.runner.lifecycle.Effect;
import distkv.runner.lifecycle.JobEvent;
import distkv.runner.lifecycle.Site;
import distkv.runner.outbox.CommitRequest;
import distkv.runner.outbox.CommitRequest.Result;
import distkv.runner.worker.RunEvent;
import distkv.schema.job.JobId;
import java.util.HashMap;
import java.util.Map;

/** Prints one line for each station of a job in this runner, if {@link Trace} is on. */
final class JobTrace {
    /** The jobs of the runs that were started since tracing is on. */
    private final Map<Long, String> jobs = new HashMap<>();

    private final Site site;

    JobTrace(Site site) {
        this.site = site;
    }

    void event(JobEvent event) {
        if (!Trace.isOn()) {
            return;
        }
        switch (event) {
            case JobEvent.Changed(var kind, JobEvent.Part part, var path, var entry) -> {
                String what = entry.value() == null ? "deleted" : "seen";
                line(
                        id(new JobId(kind, path)),
                        switch (part) {
                            case ENTRY -> "entry " + what;
                            case STATE -> "state " + what;
                            case CLAIM -> "claim " + what;
                        });
            }
            case JobEvent.Committed(CommitRequest request, Result result) ->
                line(
                        id(request.job()),
                        switch (result) {
                            case Result.Done _, Result.FellBack _ -> done(request.purpose());
                            case Result.Conflict _ -> asked(request.purpose()) + ": conflict";
                            case Result.Failed(String reason) -> asked(request.purpose()) + ": " + reason;
                        });
            case JobEvent.RunChanged(RunEvent run) -> {
                String job = run instanceof RunEvent.Over ? jobs.remove(run.run()) : jobs.get(run.run());
                line(
                        job == null ? "run " + run.run() : job,
                        switch (run) {
                            case RunEvent.Started _ -> "started";
                            case RunEvent.ModuleUsed used -> "uses " + used.module();
                            case RunEvent.SetupDone _ -> "setup_done";
                            case RunEvent.ErrorReported _ -> "reports an error";
                            case RunEvent.Over(var _, var how) ->
                                "ended: " + how.getClass().getSimpleName();
                        });
            }
            default -> {}
        }
    }

    void effect(Effect effect) {
        if (!Trace.isOn()) {
            return;
        }
        switch (effect) {
            case Effect.Commit(CommitRequest request) -> line(id(request.job()), asked(request.purpose()));
            case Effect.Start(var launch) -> {
                String job = launch.job().toString();
                jobs.put(launch.run(), job);
                line(job, "worker start: run " + launch.run());
            }
            case Effect.Cancel(long run, var why) -> line(jobs.getOrDefault(run, "run " + run), "told to end: " + why);
            default -> {}
        }
    }

    /** As workers trace a job: by the path of its entry. */
    private String id(JobId job) {
        return site.entry(job).toString();
    }

    private static String asked(CommitRequest.Purpose purpose) {
        return switch (purpose) {
            case NOTE -> "decision: does not run, note asked";
            case CLAIM -> "decision: runs here, claim asked";
            case STANDBY -> "decision: stands by, claim asked";
            case SWAP -> "takeover asked";
            case TELL -> "report asked";
            case RECORD -> "record asked";
        };
    }

    private static String done(CommitRequest.Purpose purpose) {
        return switch (purpose) {
            case NOTE -> "noted";
            case CLAIM, STANDBY -> "claimed";
            case SWAP -> "taken over";
            case TELL -> "reported";
            case RECORD -> "recorded";
        };
    }

    private static void line(String job, String station) {
        Trace.line("job", job, station, "");
    }
}
