package distkv.runner.lifecycle;

import distkv.model.Expectation;
import distkv.model.Guard;
import distkv.model.Write;
import distkv.runner.lifecycle.Job.Followed;
import distkv.runner.outbox.CommitRequest;
import distkv.runner.outbox.CommitRequest.Result;
import distkv.runner.schedule.Schedule;
import distkv.runner.schedule.Schedule.Decision;
import distkv.schema.error.ErrorRecord;
import distkv.schema.error.ErrorReport;
import distkv.schema.job.ClaimEntry;
import distkv.schema.job.StateEntry;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Jobs that nobody runs: whether they start, who takes them, and what their state says while they wait. */
final class PendingJobs {
    /** How long a job is left alone after a commit failed, unless the feed brings news of it first. */
    static final double PAUSE = 0.25;

    /** How many errors of a job one commit settles. */
    private static final int ERRORS_AT_ONCE = 100;

    private final ClaimAcquirer claims;
    private final Effects effects;

    PendingJobs(ClaimAcquirer claims, Effects effects) {
        this.claims = claims;
        this.effects = effects;
    }

    /** Decides on a job that is idle. */
    void consider(Job job, View view) {
        if (!view.open() || view.closing()) {
            return;
        }
        if (view.now() < job.holdUntil) {
            effects.wake(job, job.holdUntil);
        } else if (view.isOurs(job.claim())) {
            job.isDue = false;
            release(job, view);
        } else if (job.hasStandby() && view.isOurs(job.standby())) {
            free(job, view, job.state(), List.of(), job.standby());
        } else if (job.claim().isPresent()) {
            job.isDue = false;
            // Somebody runs it. What comes of that, even its end, comes through the feed.
            effects.sleep(job);
            claims.standBy(job, view);
        } else if (job.isGone()) {
            job.isDue = false;
            forget(job, view);
        } else if (job.state().node() == null) {
            act(job, view, view.believed(job, job.state()), List.of(), List.of());
        } else {
            orphaned(job, view);
        }
    }

    private void act(Job job, View view, StateEntry state, List<ErrorReport> reports, List<Write> also) {
        Decision decision = view.decide(job, state);
        job.isDue = decision instanceof Decision.Start;
        if (decision instanceof Decision.Start start) {
            claims.start(job, view, state, start.due(), reports);
            return;
        }
        effects.wake(job, decision instanceof Decision.WaitUntil wait ? wait.time() : Double.POSITIVE_INFINITY);
        View.Settled settled = view.settle(job, state, decision);
        if (!settled.state().equals(job.stored().value()) && isTurnToNote(job, view)) {
            // There is one record of a job: what keeps it from running now says more than how its last run ended.
            List<ErrorReport> errors = settled.errors().isEmpty() ? reports : settled.errors();
            note(job, view, settled.state(), view.news(errors), also, null);
        }
    }

    private boolean isTurnToNote(Job job, View view) {
        return claims.isTurn(job, view, view.share().noteDelay(job.stake), 0);
    }

    /**
     * The state names a node, but there is no claim: the run was not recorded to its end, which is an error. Whose run it
     * was makes no difference, not even if it was this node's, in a former life: whoever's turn it is takes the job, and
     * nobody waits for anybody. {@link Schedule} has it start at once the first time, and slows down a job that takes
     * its nodes down again and again.
     */
    private void orphaned(Job job, View view) {
        Outcome loss = Outcome.lost(job, view.site());
        Write noClaim = Write.delete(view.site().claim(job.id), Expectation.absent());
        act(job, view, view.believed(job, loss.state()), loss.reports(), List.of(noClaim));
    }

    /**
     * This runner's own session has the claim, but it runs nothing: the answer to the commit that made the claim, or that
     * was to give it up, was lost, or the tree was restored from a backup. As long as the session lives nobody else
     * would run the job.
     */
    private void release(Job job, View view) {
        effects.sleep(job);
        if (view.site().node().equals(job.state().node())) {
            Outcome loss = Outcome.lost(job, view.site());
            StateEntry state = view.believed(job, loss.state());
            StateEntry settled =
                    view.settle(job, state, view.decide(job, state)).state();
            free(job, view, settled, view.news(loss.reports()), job.claim());
        } else {
            free(job, view, job.state(), List.of(), job.claim());
        }
    }

    private void free(Job job, View view, StateEntry state, List<CommitRequest.News> news, Followed<ClaimEntry> claim) {
        boolean isStandby = claim != job.claim();
        Write free = Write.delete(
                isStandby ? view.site().standby(job.id) : view.site().claim(job.id), Expectation.at(claim.tick()));
        note(job, view, state, news, List.of(free), claim);
    }

    private void note(
            Job job,
            View view,
            StateEntry state,
            List<CommitRequest.News> news,
            List<Write> also,
            @Nullable Followed<ClaimEntry> freed) {
        List<Write> writes = new ArrayList<>();
        writes.add(Write.set(
                view.site().state(job.id), state.encode(), job.stored().expectation()));
        writes.addAll(also);
        commit(job, view, new Phase.Noting(state, freed, job.news()), writes, news);
    }

    /**
     * The job's entry is gone, so its state goes too, and its errors are over, those of nodes that are gone included.
     * That it is gone is made sure of in the same commit: the feeds of states and errors may be ahead of that of the
     * entries.
     */
    private void forget(Job job, View view) {
        effects.sleep(job);
        List<ErrorRecord> open = view.openErrors(job);
        if ((job.stored().isPresent() || !open.isEmpty()) && isTurnToNote(job, view)) {
            Write noState = Write.delete(view.site().state(job.id), job.stored().expectation());
            Write noClaim = Write.delete(view.site().claim(job.id), Expectation.absent());
            Write noEntry = Write.delete(view.site().entry(job.id), Expectation.absent());
            List<CommitRequest.News> over =
                    open.stream().limit(ERRORS_AT_ONCE).map(View::over).toList();
            commit(job, view, new Phase.Noting(null, null, job.news()), List.of(noState, noClaim, noEntry), over);
        }
    }

    private void commit(Job job, View view, Phase.Noting noting, List<Write> writes, List<CommitRequest.News> news) {
        job.to(noting);
        List<Guard> guards =
                job.isGone() ? List.of() : List.of(new Guard(view.site().entry(job.id), job.entryTick()));
        effects.commit(
                new CommitRequest(job.id, CommitRequest.Purpose.NOTE, job.entryTick(), writes, guards, news, null));
    }

    /** A note was answered. */
    void noted(Job job, View view, Phase.Noting noting, Result result) {
        job.toIdle();
        if (result instanceof Result.Done done) {
            job.stored().written(noting.state(), done.ticks().getFirst());
            if (noting.freed() != null) {
                noting.freed().written(null, done.ticks().get(1));
            }
            if (job.isGone()) {
                // That its errors are over the feed has yet to bring.
                job.holdUntil = view.now() + PAUSE;
            }
        } else {
            refused(job, view, noting.news(), result);
        }
    }

    /**
     * A commit about a job that nobody runs was not made.
     *
     * @param news how much news of the job there had been when it was asked for
     */
    void refused(Job job, View view, int news, Result result) {
        if (job.news() == news) {
            if (result instanceof Result.Conflict) {
                job.asFollowed();
            }
            job.holdUntil = view.now() + PAUSE;
        }
        if (result instanceof Result.Failed failed && view.open()) {
            effects.log(System.Logger.Level.WARNING, job.id, failed.reason());
        }
    }
}
