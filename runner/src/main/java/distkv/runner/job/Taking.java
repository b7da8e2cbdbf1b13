package distkv.runner.job;

import distkv.model.Expectation;
import distkv.model.Guard;
import distkv.model.Write;
import distkv.runner.balance.Pace;
import distkv.schema.code.Code;
import distkv.schema.code.Mode;
import distkv.schema.error.ErrorReport;
import distkv.schema.job.JobEntry;
import distkv.schema.job.Kind;
import distkv.schema.job.StateEntry;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;

/**
 * Asks for claims, when it is this node's turn and there is room: that of a job that nobody runs, or one on standby
 * beside a run that its node offers. Used by the decision thread only.
 */
final class Taking {
    /**
     * How many claims may be under way at once, together with runs whose code has not begun; more jobs that are due wait,
     * so that a node takes no more than its workers keep up with, and others have the rest.
     */
    static final int CLAIMS = 128;
    /** How long a job whose run is gone is left to the one that stands by, in seconds. */
    private static final double STANDBY_FIRST = 1;

    private final Desk desk;
    private int underWay;

    Taking(Desk desk) {
        this.desk = desk;
    }

    /**
     * Whether this node is the one to act, since those before it have not.
     *
     * @param delay how long it lets the others go first, in seconds
     * @param due since when there is something to do, if not since the last news
     */
    boolean isTurn(Job job, double delay, double due) {
        double since = Math.max(job.newsAt, due);
        double turn = since + delay;
        if (job.id.kind() != Kind.ANY || desk.now() >= turn) {
            return true;
        }
        if (turn < Double.POSITIVE_INFINITY) {
            desk.wakes.at(job, Math.min(Pace.lookAgain(since, turn, desk.now()), job.wake));
        }
        return false;
    }

    /**
     * Takes a job that is due, and that nobody runs.
     *
     * @param from its state, if it is other than what is stored, together with the reports that tell why
     */
    void start(Job job, StateEntry from, double due, List<ErrorReport> reports) {
        JobEntry entry = job.entry;
        if (entry == null || !(desk.code(entry) instanceof Code.Found found)) {
            return;
        }
        double first = job.standby.isHeld() ? STANDBY_FIRST : 0;
        Set<String> has = entry.placement().has();
        double delay = first + delay(job, has);
        if (!rests(job, has) && isTurn(job, delay, due) && hasRoom(job, entry, found)) {
            // What a clock that was ahead has started once does not become due again.
            double started = Math.max(desk.now(), Math.min(entry.target(), from.started()));
            StateEntry running = from.running(desk.node, started, from.backoff());
            List<Write> writes = List.of(
                    desk.claim(job.claim.path, running.started(), Expectation.absent()),
                    Write.set(job.statePath, running.encode(), job.stateExpected()));
            ask(job, Ask.Purpose.CLAIM, claiming(job, entry, found, running, 0), writes, List.of(), reports);
        }
    }

    private double delay(Job job, Set<String> has) {
        return desk.share.delay(job.stake, has, job.claim.holder(), desk.pace.step(desk.now()));
    }

    /** Whether the job is left to others, since this node has just lost a lease. */
    private boolean rests(Job job, Set<String> has) {
        double until = desk.pace.restsUntil(desk.now());
        boolean rests = job.id.kind() == Kind.ANY && desk.now() < until && desk.share.mayRunElsewhere(has);
        if (rests) {
            desk.wakes.at(job, until);
        }
        return rests;
    }

    /** Has a run stand by beside the one that another node offers, if this node may take it over. */
    void standBy(Job job) {
        JobEntry entry = job.entry;
        if (entry == null || !isOffered(job, entry) || !(desk.code(entry) instanceof Code.Found found)) {
            return;
        }
        if (found.procedure().mode() == Mode.ASYNC
                && isTurn(job, delay(job, entry.placement().has()), 0)
                && hasRoom(job, entry, found)) {
            long from = job.claim.token();
            StateEntry running = job.state.running(desk.node, desk.now(), 0);
            List<Write> writes = List.of(desk.claim(job.standby.path, running.started(), Expectation.absent()));
            List<Guard> guards = List.of(new Guard(job.statePath, job.stateTick), new Guard(job.claim.path, from));
            ask(job, Ask.Purpose.STANDBY, claiming(job, entry, found, running, from), writes, guards, List.of());
        }
    }

    private boolean isOffered(Job job, JobEntry entry) {
        return job.state.offered()
                && !desk.node.equals(job.claim.holder())
                && !job.standby.isHeld()
                && job.declined != job.claim.token()
                && entry.placement().handover()
                && entry.target() != 0
                && entry.target() <= job.state.started();
    }

    /** Whether so much is under way that no claim is asked for, whatever it is for. */
    boolean isBusy() {
        return underWay + desk.starting >= CLAIMS;
    }

    private boolean hasRoom(Job job, JobEntry entry, Code.Found found) {
        boolean alone = job.isAlone(entry, found.procedure());
        boolean outlives = job.id.kind().outlivesClaim(entry);
        if (!isBusy() && desk.hands.keepPlace(found.procedure().language(), alone, outlives)) {
            return true;
        }
        job.need = new Job.Need(found.procedure().language(), alone, outlives);
        desk.crowded.add(job);
        return false;
    }

    private Job.Claiming claiming(Job job, JobEntry entry, Code.Found found, StateEntry running, long from) {
        Attempt attempt = new Attempt(entry, found.procedure(), found.needs());
        return new Job.Claiming(
                attempt,
                running,
                desk.lease.session(),
                job.state.reason().code().isRefusal(),
                from);
    }

    private void ask(
            Job job,
            Ask.Purpose purpose,
            Job.Claiming claiming,
            List<Write> writes,
            List<Guard> also,
            List<ErrorReport> reports) {
        job.to(Phase.CLAIMING);
        job.newsMeanwhile = false;
        job.claiming = claiming;
        job.askedAt = desk.now();
        underWay++;
        List<Guard> guards = new ArrayList<>();
        guards.add(new Guard(job.entryPath, job.entryTick));
        guards.addAll(also);
        desk.hands.commit(new Ask(job.id, purpose, job.entryTick, writes, guards, desk.news(reports), null));
    }

    /** The answer to a claim is there: the place that was kept for its run is free, or taken by it. */
    void answered(Job job, Job.Claiming claiming) {
        underWay--;
        desk.pace.answered(job.askedAt, desk.now());
        Attempt attempt = claiming.attempt();
        desk.hands.freePlace(
                attempt.procedure().language(),
                job.isAlone(attempt.job(), attempt.procedure()),
                job.id.kind().outlivesClaim(attempt.job()));
    }
}
