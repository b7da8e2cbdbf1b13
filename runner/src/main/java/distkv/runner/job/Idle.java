package distkv.runner.job;

import distkv.model.Expectation;
import distkv.model.Guard;
import distkv.model.Write;
import distkv.schema.error.ErrorRecord;
import distkv.schema.error.ErrorReport;
import distkv.schema.job.StateEntry;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Jobs that nobody runs: whether they start, who takes them, and what their state says while they wait. */
final class Idle {
    /** How long a job is left alone after a commit failed, unless the feed brings news of it first. */
    static final double PAUSE = 0.25;

    /** How many errors of a job one commit settles. */
    private static final int ERRORS_AT_ONCE = 100;

    private final Desk desk;
    private final Taking taking;

    Idle(Desk desk, Taking taking) {
        this.desk = desk;
        this.taking = taking;
    }

    /** Decides on the job, and does what was decided. */
    void consider(Job job) {
        if (!desk.open || desk.closing) {
            return;
        }
        if (desk.now() < job.hold) {
            desk.wakes.at(job, job.hold);
        } else if (desk.isOurs(job.claim)) {
            job.due = false;
            release(job);
        } else if (desk.isOurs(job.standby)) {
            free(job, job.state, List.of(), job.standby);
        } else if (job.claim.isHeld()) {
            job.due = false;
            // Somebody runs it. What comes of that, even its end, comes through the feed.
            desk.wakes.at(job, Double.POSITIVE_INFINITY);
            taking.standBy(job);
        } else if (job.isGone()) {
            job.due = false;
            forget(job);
        } else if (job.state.node() == null) {
            act(job, desk.believed(job, job.state), List.of(), List.of());
        } else {
            orphaned(job);
        }
    }

    private void act(Job job, StateEntry state, List<ErrorReport> reports, List<Write> also) {
        Decision decision = desk.decide(job, state);
        job.due = decision instanceof Decision.Start;
        desk.share.count(job);
        if (decision instanceof Decision.Start start) {
            taking.start(job, state, start.due(), reports);
            return;
        }
        desk.wakes.at(job, decision instanceof Decision.WaitUntil wait ? wait.time() : Double.POSITIVE_INFINITY);
        Desk.Settled settled = desk.settle(job, state, decision);
        boolean news = !settled.state().equals(job.state) || !job.stateStored;
        if (news && taking.isTurn(job, desk.share.noteDelay(job), 0)) {
            // There is one record of a job: what keeps it from running now says more than how its last run ended.
            note(job, settled.state(), desk.news(settled.errors().isEmpty() ? reports : settled.errors()), also);
        }
    }

    /**
     * The state names a node, but there is no claim: the run was not recorded to its end, which is an error. Whose run it
     * was makes no difference, not even if it was this node's, in a former life: whoever's turn it is takes the job, and
     * nobody waits for anybody. {@link Schedule} has it start at once the first time, and slows down a job that takes
     * its nodes down again and again.
     */
    private void orphaned(Job job) {
        Loss loss = Loss.of(job, desk.node);
        Write noClaim = Write.delete(job.claim.path, Expectation.absent());
        act(job, desk.believed(job, loss.state()), List.of(loss.report()), List.of(noClaim));
    }

    /**
     * This runner's own session has the claim, but it runs nothing: the answer to the commit that made the claim, or that
     * was to give it up, was lost, or the tree was restored from a backup. As long as the session lives nobody else
     * would run the job.
     */
    private void release(Job job) {
        desk.wakes.at(job, Double.POSITIVE_INFINITY);
        boolean lost = desk.node.equals(job.state.node());
        Loss loss = Loss.of(job, desk.node);
        StateEntry state =
                lost ? desk.settle(job, desk.believed(job, loss.state())).state() : job.state;
        free(job, state, lost ? desk.news(List.of(loss.report())) : List.of(), job.claim);
    }

    private void free(Job job, StateEntry state, List<Ask.News> reports, Claim claim) {
        note(job, state, reports, List.of(Write.delete(claim.path, Expectation.at(claim.token()))));
        job.freed = claim;
    }

    private void note(Job job, StateEntry state, List<Ask.News> reports, List<Write> also) {
        List<Write> writes = new ArrayList<>();
        writes.add(Write.set(job.statePath, state.encode(), job.stateExpected()));
        writes.addAll(also);
        job.noting = state;
        ask(job, writes, reports);
    }

    /**
     * The job's entry is gone, so its state goes too, and its errors are over, those of nodes that are gone included.
     * That it is gone is made sure of in the same commit: the feeds of states and errors may be ahead of that of the
     * entries.
     */
    private void forget(Job job) {
        desk.wakes.at(job, Double.POSITIVE_INFINITY);
        List<ErrorRecord> open = desk.openErrors(job);
        if ((job.stateStored || !open.isEmpty()) && taking.isTurn(job, desk.share.noteDelay(job), 0)) {
            job.noting = null;
            Write noClaim = Write.delete(job.claim.path, Expectation.absent());
            Write noEntry = Write.delete(job.entryPath, Expectation.absent());
            List<Ask.News> over =
                    open.stream().limit(ERRORS_AT_ONCE).map(Desk::over).toList();
            ask(job, List.of(Write.delete(job.statePath, job.stateExpected()), noClaim, noEntry), over);
        }
    }

    private void ask(Job job, List<Write> writes, List<Ask.News> reports) {
        job.to(Phase.NOTING);
        job.newsMeanwhile = false;
        List<Guard> guards = job.isGone() ? List.of() : List.of(new Guard(job.entryPath, job.entryTick));
        desk.hands.commit(new Ask(job.id, Ask.Purpose.NOTE, job.entryTick, writes, guards, reports, null));
    }

    /** A note was answered. */
    void noted(Job job, Ask.Answer answer) {
        @Nullable StateEntry written = job.noting;
        job.to(Phase.IDLE);
        Claim freed = job.freed;
        job.freed = null;
        if (answer instanceof Ask.Answer.Done done) {
            job.stored(written, done.ticks().getFirst());
            if (freed != null) {
                freed.set(done.ticks().get(1), null);
            }
            if (job.isGone()) {
                // That its errors are over the feed has yet to bring.
                job.hold = desk.now() + PAUSE;
            }
        } else {
            refused(job, answer);
        }
    }

    /** A commit about a job that nobody runs was not made. */
    void refused(Job job, Ask.Answer answer) {
        if (!job.newsMeanwhile && answer instanceof Ask.Answer.Conflict) {
            job.asFollowed();
        }
        if (!job.newsMeanwhile) {
            job.hold = desk.now() + PAUSE;
        }
        if (answer instanceof Ask.Answer.Failed failed && desk.open) {
            desk.hands.say(System.Logger.Level.WARNING, job.id, failed.reason());
        }
    }
}
