package distkv.runner.job;

import distkv.model.Expectation;
import distkv.model.Value;
import distkv.model.Write;
import distkv.runner.worker.Ended;
import distkv.schema.error.ErrorReport;
import distkv.schema.job.StateEntry;
import java.util.ArrayList;
import java.util.List;

/** Writes down how runs ended, which gives up their claims. Used by the decision thread only. */
final class Recorder {
    private final Desk desk;
    private final Handover handover;

    Recorder(Desk desk, Handover handover) {
        this.desk = desk;
        this.handover = handover;
    }

    /** A run is over. */
    void over(Job job, Run run, Ended ended) {
        Outcome outcome = Outcome.of(run, job.entryPath, desk.procedure(run), ended, desk.now());
        job.ended(run, ended, outcome.failure());
        if (outcome.say() != null) {
            desk.hands.say(outcome.level(), job.id, outcome.say());
        }
        if (run.standby == null) {
            record(job, run, outcome);
        } else {
            handover.standDown(job, run, run.standby, ended, outcome);
        }
    }

    private void record(Job job, Run run, Outcome outcome) {
        List<ErrorReport> reports = new ArrayList<>(outcome.reports());
        StateEntry last = null;
        if (!job.isGone()) {
            Desk.Settled settled = desk.settle(job, desk.believed(job, outcome.state()));
            last = settled.state();
            if (!settled.errors().isEmpty() && !outcome.failure()) {
                // Its success is old news: there is an error about the same job now.
                reports.clear();
                reports.addAll(settled.errors());
            }
        }
        run.last = last;
        Value state = last == null ? null : last.encode();
        desk.hands.commit(new Ask(
                job.id,
                Ask.Purpose.RECORD,
                run.claim.tick(),
                List.of(
                        new Write(job.statePath, state, Expectation.anything(), 0),
                        Write.delete(job.claim.path, Expectation.at(run.claim.tick()))),
                List.of(),
                desk.news(reports),
                new Ask.Fallback(job.statePath, state, run::isToldBy)));
    }

    /** The end of the run is written, or somebody else has the job now. */
    void recorded(Job job, Ask.Answer answer) {
        Run run = job.run;
        job.run = null;
        job.to(Phase.IDLE);
        if (run == null) {
            return;
        }
        StateEntry state = run.last;
        switch (answer) {
            case Ask.Answer.Done done -> {
                if (run.isStandby()) {
                    job.standby.set(done.ticks().getFirst(), null);
                } else {
                    job.stored(state, done.ticks().get(0));
                    job.claim.set(done.ticks().get(1), null);
                }
            }
            case Ask.Answer.Otherwise otherwise -> {
                job.claimsAsFollowed();
                job.stored(state, otherwise.tick());
            }
            case Ask.Answer.Conflict conflict -> {
                job.asFollowed();
                if (!run.wasOffered() && !run.isStandby()) {
                    desk.hands.say(
                            System.Logger.Level.WARNING, job.id, "lost its claim: how the run ended is not recorded");
                }
            }
            case Ask.Answer.Failed failed ->
                desk.hands.say(
                        System.Logger.Level.ERROR, job.id, "how the run ended is not recorded: " + failed.reason());
        }
    }
}
