package distkv.runner.job;

import distkv.model.Expectation;
import distkv.model.Guard;
import distkv.model.Value;
import distkv.model.Write;
import distkv.protocol.Values;
import distkv.runner.code.Code;
import distkv.runner.error.Report;
import distkv.runner.group.Turn;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Jobs that nobody runs: whether they start, who takes them, and what their state says while they wait. */
final class Idle {
    /** How many claims may be under way at once; more jobs that are due wait for the answers. */
    static final int CLAIMS = 256;

    /** How long a job is left alone after a commit failed, unless the feed brings news of it first. */
    private static final double PAUSE = 0.25;

    private static final String RESTARTED = "Runner restarted";
    private static final String KILLED = "Runner killed";

    private final Desk desk;
    private int claiming;

    Idle(Desk desk) {
        this.desk = desk;
    }

    /** Decides on the job, and does what was decided. */
    void consider(Job job) {
        if (!desk.open || desk.closing) {
            return;
        }
        if (desk.now() < job.hold) {
            desk.wakes.at(job, job.hold);
        } else if (job.claim != 0) {
            job.due = false;
            // Somebody runs it. What comes of that, even its end, comes through the feed.
            desk.wakes.at(job, Double.POSITIVE_INFINITY);
        } else if (job.isGone()) {
            job.due = false;
            forget(job);
        } else if (job.state.node() == null) {
            act(job, job.state, List.of(), List.of());
        } else {
            orphaned(job);
        }
    }

    private void act(Job job, StateEntry state, List<Report> reports, List<Write> also) {
        Decision decision = desk.decide(job, state);
        job.due = decision instanceof Decision.Start;
        desk.share.count(job);
        if (decision instanceof Decision.Start start) {
            start(job, state, start.due(), reports);
            return;
        }
        desk.wakes.at(job, decision instanceof Decision.WaitUntil wait ? wait.time() : Double.POSITIVE_INFINITY);
        Desk.Settled settled = desk.settle(job, state);
        boolean news = !settled.state().equals(job.state) || !job.stateStored;
        if (news && isTurn(job, desk.share.noteDelay(job), 0)) {
            // There is one record of a job: what keeps it from running now says more than how its last run ended.
            note(job, settled.state(), desk.news(settled.errors().isEmpty() ? reports : settled.errors()), also);
        }
    }

    /**
     * The state names a node, but there is no claim: the run was not recorded to its end, which is an error. If it was
     * this node's run, in a former life, the job backs off. If it was another's, {@link Schedule} has it start at once
     * the first time, and slows down a job that takes one node after the other with it.
     */
    private void orphaned(Job job) {
        StateEntry state = job.state;
        boolean mine = desk.node.equals(state.node());
        Set<String> has = job.entry == null ? Set.of() : job.entry.placement().has();
        boolean others = job.id.kind() == Kind.ANY && desk.share.mayRunElsewhere(has);
        if (mine && others) {
            desk.wakes.at(job, Double.POSITIVE_INFINITY);
            return;
        }
        int errors = Math.min(state.backoff() + 1, StateEntry.MAX_BACKOFF);
        Write noClaim = Write.delete(job.claimPath, Expectation.absent());
        if (mine) {
            Report restarted = Report.Failed.plain(Report.RUN, job.entryPath, RESTARTED, Map.of());
            Desk.Settled settled = desk.settle(job, state.ended(desk.now(), errors, "", null));
            note(job, settled.state(), desk.news(List.of(restarted)), List.of(noClaim));
        } else {
            Map<String, @Nullable Object> data = Map.of("node", String.valueOf(state.node()));
            Report killed = Report.Failed.plain(Report.RUN, job.entryPath, KILLED, data);
            act(job, state.ended(desk.now(), errors, Stop.NODE_LOST.reason(), null), List.of(killed), List.of(noClaim));
        }
    }

    /**
     * Whether this node is the one to act, since those before it have not.
     *
     * @param delay how long it lets the others go first, in seconds
     * @param due since when there is something to do, if not since the last news
     */
    private boolean isTurn(Job job, double delay, double due) {
        double turn = Math.max(job.newsAt, due) + delay;
        if (job.id.kind() != Kind.ANY || desk.now() >= turn) {
            return true;
        }
        if (turn < Double.POSITIVE_INFINITY) {
            // What the others have by then may make it this node's turn earlier.
            desk.wakes.at(job, Math.min(Math.min(turn, desk.now() + Turn.STEP), job.wake));
        }
        return false;
    }

    private void start(Job job, StateEntry from, double due, List<Report> reports) {
        JobEntry entry = job.entry;
        if (entry == null
                || !(desk.code(entry) instanceof Code.Found found)
                || !isTurn(job, desk.share.delay(job, entry.placement().has()), due)) {
            return;
        }
        if (claiming >= CLAIMS
                || !desk.hands.room(
                        found.procedure().language(),
                        job.isAlone(entry, found.procedure()),
                        job.id.kind().outlivesClaim(entry))) {
            desk.crowded.add(job);
            return;
        }
        StateEntry running = from.running(desk.node, desk.now(), from.backoff());
        long session = desk.lease.session();
        Value claim = Values.encode(Map.of("node", desk.node, "started", running.started(), "session", session));
        List<Write> writes = List.of(
                Write.set(job.claimPath, claim, Expectation.absent()).under(session),
                Write.set(job.statePath, running.encode(), stateExpected(job)));
        job.to(Phase.CLAIMING);
        job.newsMeanwhile = false;
        job.claiming = new Job.Claiming(
                new Attempt(entry, found.procedure(), found.needs()),
                running,
                session,
                Schedule.refused(job.state.reason()));
        claiming++;
        desk.hands.commit(new Ask(
                job.id,
                Ask.Purpose.CLAIM,
                job.entryTick,
                writes,
                List.of(new Guard(job.entryPath, job.entryTick)),
                desk.news(reports),
                null));
    }

    /** The answer to a claim is there. */
    void claimAnswered() {
        claiming--;
    }

    private void note(Job job, StateEntry state, List<Ask.News> reports, List<Write> also) {
        List<Write> writes = new ArrayList<>();
        writes.add(Write.set(job.statePath, state.encode(), stateExpected(job)));
        writes.addAll(also);
        job.noting = state;
        ask(job, writes, reports);
    }

    /**
     * The job's entry is gone, so its state goes too. That it is gone is made sure of in the same commit: the feed of
     * the states may be ahead of that of the entries.
     */
    private void forget(Job job) {
        desk.wakes.at(job, Double.POSITIVE_INFINITY);
        if (job.stateStored && isTurn(job, desk.share.noteDelay(job), 0)) {
            job.noting = null;
            Write noClaim = Write.delete(job.claimPath, Expectation.absent());
            Write noEntry = Write.delete(job.entryPath, Expectation.absent());
            ask(job, List.of(Write.delete(job.statePath, stateExpected(job)), noClaim, noEntry), List.of());
        }
    }

    private void ask(Job job, List<Write> writes, List<Ask.News> reports) {
        job.to(Phase.NOTING);
        job.newsMeanwhile = false;
        List<Guard> guards = job.isGone() ? List.of() : List.of(new Guard(job.entryPath, job.entryTick));
        desk.hands.commit(new Ask(job.id, Ask.Purpose.NOTE, job.entryTick, writes, guards, reports, null));
    }

    private static Expectation stateExpected(Job job) {
        return job.stateStored ? Expectation.at(job.stateTick) : Expectation.absent();
    }

    /** A note was answered. */
    void noted(Job job, Ask.Answer answer) {
        @Nullable StateEntry written = job.noting;
        job.to(Phase.IDLE);
        if (answer instanceof Ask.Answer.Done done) {
            job.stored(written, done.ticks().getFirst());
        } else {
            refused(job, answer);
        }
    }

    /** A commit about a job that nobody runs was not made. */
    void refused(Job job, Ask.Answer answer) {
        if (!job.newsMeanwhile) {
            job.hold = desk.now() + PAUSE;
        }
        if (answer instanceof Ask.Answer.Failed failed && desk.open) {
            desk.hands.say(System.Logger.Level.WARNING, job.id, failed.reason());
        }
    }
}
