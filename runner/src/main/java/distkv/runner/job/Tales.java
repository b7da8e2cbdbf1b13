package distkv.runner.job;

import distkv.model.Expectation;
import distkv.model.Guard;
import distkv.model.Path;
import distkv.model.Write;
import distkv.runner.worker.Ended;
import distkv.schema.code.CodeId;
import distkv.schema.error.ErrorReport;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** What runs tell while they go on, and what is written of it. Used by the decision thread only. */
final class Tales {
    private final Desk desk;

    Tales(Desk desk) {
        this.desk = desk;
    }

    /** The code is compiled, so that it is no error any more if it was one. */
    void started(Job job, Run run) {
        List<ErrorReport> reports = new ArrayList<>();
        reports.add(new ErrorReport.Well(ErrorReport.COMPILE, desk.procedure(run), null, Map.of()));
        if (run.refusedBefore) {
            reports.add(new ErrorReport.Well(ErrorReport.RUN, job.entryPath, null, Map.of()));
        }
        tell(job, run, List.of(), reports);
    }

    /** The run uses a module, of this version, or could not load it; -1: nobody can, as its name is taken. */
    void uses(Job job, Run run, Path module, long version, Ended.@Nullable Failed failure) {
        if (version >= 0) {
            run.attempt = run.attempt.using(CodeId.module(module), version);
        }
        Path path = desk.modules.append(module);
        if (failure == null) {
            tell(job, run, List.of(), List.of(new ErrorReport.Well(ErrorReport.COMPILE, path, null, Map.of())));
        } else {
            ErrorReport.Failed report = Reading.report(ErrorReport.COMPILE, path, 0, null, failure, run.attempt);
            if (!desk.errors.says(report)) {
                tell(job, run, List.of(), List.of(report));
            }
        }
    }

    /** The run is well: its errors are over. */
    void well(Job job, Run run, Map<String, @Nullable Object> said) {
        run.isWell = true;
        run.wellAt = Double.POSITIVE_INFINITY;
        run.state = run.state.well(desk.now());
        tell(job, run, List.of(state(job, run)), List.of(well(job, said)));
    }

    /** That a run is well, with what it said about that. */
    static ErrorReport well(Job job, Map<String, @Nullable Object> said) {
        String comment = said.get("comment") instanceof String text ? text : null;
        return new ErrorReport.Well(ErrorReport.RUN, job.entryPath, comment, Reading.names(said.get("data")));
    }

    /** The run reports an error. */
    void error(Job job, Run run, Ended.Failed failed, @Nullable Path about, int severity, @Nullable String comment) {
        Path path = about == null ? job.entryPath : about;
        tell(
                job,
                run,
                List.of(),
                List.of(Reading.report(ErrorReport.RUN, path, severity, comment, failed, run.attempt)));
        desk.hands.say(System.Logger.Level.WARNING, job.id, Reading.line(failed, comment));
    }

    /** The run is offered to other nodes, or is not any more. */
    void offered(Job job, Run run, boolean toOthers) {
        run.state = run.state.offering(toOthers);
        tell(job, run, List.of(state(job, run)), List.of());
    }

    private static Write state(Job job, Run run) {
        return Write.set(job.statePath, run.state.encode(), Expectation.anything());
    }

    private void tell(Job job, Run run, List<Write> writes, List<ErrorReport> reports) {
        List<Ask.News> news = desk.news(reports);
        if (!writes.isEmpty() || !news.isEmpty()) {
            // What a run on standby tells is about code, and holds whoever has the claim.
            List<Guard> guards = run.isStandby() ? List.of() : List.of(run.claim);
            desk.hands.commit(new Ask(job.id, Ask.Purpose.TELL, run.claim.tick(), writes, guards, news, null));
        }
    }
}
