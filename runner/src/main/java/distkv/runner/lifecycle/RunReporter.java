package distkv.runner.lifecycle;

import distkv.model.Expectation;
import distkv.model.Guard;
import distkv.model.Path;
import distkv.model.Write;
import distkv.runner.worker.Ended;
import distkv.runner.worker.RunEvent;
import distkv.schema.code.CodeId;
import distkv.schema.error.ErrorReport;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** What is written of what runs tell while they go on. */
final class RunReporter {
    private final Effects effects;

    RunReporter(Effects effects) {
        this.effects = effects;
    }

    /** The code is compiled, so that it is no error any more if it was one. */
    void started(Job job, Run run, View view) {
        List<ErrorReport> reports = new ArrayList<>();
        reports.add(new ErrorReport.Well(ErrorReport.COMPILE, view.procedure(run.attempt), null, Map.of()));
        if (run.refusedBefore) {
            reports.add(new ErrorReport.Well(ErrorReport.RUN, view.site().entry(job.id), null, Map.of()));
        }
        tell(job, run, view, List.of(), reports);
    }

    /** The run uses a module, or could not load it. */
    void moduleUsed(Job job, Run run, RunEvent.ModuleUsed used, View view) {
        if (used.version() >= 0) {
            run.attempt = run.attempt.using(CodeId.module(used.module()), used.version());
        }
        Path path = view.site().modules().append(used.module());
        Ended.Failed failure = used.failure();
        if (failure == null) {
            tell(job, run, view, List.of(), List.of(new ErrorReport.Well(ErrorReport.COMPILE, path, null, Map.of())));
        } else {
            ErrorReport.Failed report =
                    FailureFormatter.report(ErrorReport.COMPILE, path, 0, null, failure, run.attempt);
            if (!view.errors().says(report)) {
                tell(job, run, view, List.of(), List.of(report));
            }
        }
    }

    /** The run is set up: its errors are over. */
    void setupDone(Job job, Run run, Map<String, @Nullable Object> said, View view) {
        run.state = run.state.well(view.now());
        tell(job, run, view, List.of(state(job, run, view)), List.of(setupDone(job, said, view)));
    }

    /** That a run is set up, with what it said about that. */
    static ErrorReport setupDone(Job job, Map<String, @Nullable Object> said, View view) {
        String comment = said.get("comment") instanceof String text ? text : null;
        return new ErrorReport.Well(
                ErrorReport.RUN, view.site().entry(job.id), comment, FailureFormatter.names(said.get("data")));
    }

    /** The run reports an error. */
    void error(Job job, Run run, RunEvent.ErrorReported error, View view) {
        Path about = error.about() == null ? view.site().entry(job.id) : error.about();
        ErrorReport report = FailureFormatter.report(
                ErrorReport.RUN, about, error.severity(), error.comment(), error.failure(), run.attempt);
        tell(job, run, view, List.of(), List.of(report));
        effects.log(System.Logger.Level.WARNING, job.id, FailureFormatter.line(error.failure(), error.comment()));
    }

    /** The run is offered to other nodes, or is not any more. */
    void offered(Job job, Run run, boolean toOthers, View view) {
        run.state = run.state.offering(toOthers);
        tell(job, run, view, List.of(state(job, run, view)), List.of());
    }

    private static Write state(Job job, Run run, View view) {
        return Write.set(view.site().state(job.id), run.state.encode(), Expectation.anything());
    }

    private void tell(Job job, Run run, View view, List<Write> writes, List<ErrorReport> reports) {
        List<CommitRequest.News> news = view.news(reports);
        if (!writes.isEmpty() || !news.isEmpty()) {
            // What a run on standby tells is about code, and holds whoever has the claim.
            List<Guard> guards = run.isStandby() ? List.of() : List.of(run.claim);
            effects.commit(new CommitRequest(
                    job.id, CommitRequest.Purpose.TELL, run.claim.tick(), writes, guards, news, null));
        }
    }
}
