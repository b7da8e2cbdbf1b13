package distkv.runner.lifecycle;

import distkv.model.Expectation;
import distkv.model.Guard;
import distkv.model.Write;
import distkv.runner.balance.Pace;
import distkv.runner.balance.Rebalancer;
import distkv.runner.lifecycle.Lifecycle.Places;
import distkv.runner.outbox.CommitRequest;
import distkv.runner.schedule.Attempt;
import distkv.runner.worker.Place;
import distkv.schema.code.CodeEntry;
import distkv.schema.code.Mode;
import distkv.schema.code.Procedure;
import distkv.schema.error.ErrorReport;
import distkv.schema.job.JobEntry;
import distkv.schema.job.Kind;
import distkv.schema.job.StateEntry;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SequencedMap;
import java.util.Set;
import java.util.function.Consumer;

/**
 * Asks for claims, when it is this node's turn and there is room: that of a job that nobody runs, or one on standby
 * beside a run that its node offers.
 */
final class ClaimAcquirer {
    /**
     * How many claims may be under way at once, together with runs whose code has not begun; more jobs that are due wait,
     * so that a node takes no more than its workers keep up with, and others have the rest.
     */
    static final int CLAIMS = 128;
    /** How long a job whose run is gone is left to the one that stands by, in seconds. */
    private static final double STANDBY_FIRST = 1;

    private final Places places;
    private final ActiveRuns runs;
    private final Rebalancer rebalancer;
    private final Effects effects;
    private final Pace pace = new Pace();
    /** Jobs that could start if there were room, and what sort of place they need. */
    private final SequencedMap<Job, Place> crowded = new LinkedHashMap<>();

    private int underWay;

    ClaimAcquirer(Places places, ActiveRuns runs, Rebalancer rebalancer, Effects effects) {
        this.places = places;
        this.runs = runs;
        this.rebalancer = rebalancer;
        this.effects = effects;
    }

    /**
     * Whether this node is the one to act, since those before it have not.
     *
     * @param delay how long it lets the others go first, in seconds
     * @param due since when there is something to do, if not since the last news
     */
    boolean isTurn(Job job, View view, double delay, double due) {
        double since = Math.max(job.newsAt(), due);
        double turn = since + delay;
        if (job.id.kind() != Kind.ANY || view.now() >= turn) {
            return true;
        }
        if (turn < Double.POSITIVE_INFINITY) {
            effects.wake(job, Math.min(Pace.lookAgain(since, turn, view.now()), job.wakeAt));
        }
        return false;
    }

    /**
     * Takes a job that is due, and that nobody runs.
     *
     * @param from its state, if it is other than what is stored, together with the reports that tell why
     */
    void start(Job job, View view, StateEntry from, double due, List<ErrorReport> reports) {
        JobEntry entry = job.entry();
        if (entry == null || !(view.code(entry) instanceof CodeEntry.Found found)) {
            return;
        }
        // Whether it is due has just been found out, and counts for whose turn it is.
        job.count(view.share(), view.site().node());
        double first = job.hasStandby() ? STANDBY_FIRST : 0;
        double delay = first + delay(job, view);
        double since = rebalancer.turnsFrom(Math.max(job.newsAt(), due), view.now());
        if (!rests(job, view) && isTurn(job, view, delay, since) && hasRoom(job, entry, found)) {
            // What a clock that was ahead has started once does not become due again.
            double started = Math.max(view.now(), Math.min(entry.target(), from.started()));
            StateEntry running = from.running(view.site().node(), started, from.backoff());
            List<Write> writes = List.of(
                    view.claim(view.site().claim(job.id), running.started(), Expectation.absent()),
                    Write.set(
                            view.site().state(job.id),
                            running.encode(),
                            job.stored().expectation()));
            ask(job, view, CommitRequest.Purpose.CLAIM, claiming(job, view, entry, found, running, 0), writes, reports);
        }
    }

    private double delay(Job job, View view) {
        return view.share().delay(job.stake, job.labels(), job.claimHolder(), pace.step(view.now()));
    }

    /** Whether the job is left to others, since this node has just lost a lease. */
    private boolean rests(Job job, View view) {
        double until = pace.restsUntil(view.now());
        boolean rests =
                job.id.kind() == Kind.ANY && view.now() < until && view.share().mayRunElsewhere(job.labels());
        if (rests) {
            effects.wake(job, until);
        }
        return rests;
    }

    /** The session is another one, and the claims are gone. */
    void leaseLost(double now) {
        pace.leaseLost(now);
    }

    /** Has a run stand by beside the one that another node offers, if this node may take it over. */
    void standBy(Job job, View view) {
        JobEntry entry = job.entry();
        if (entry == null || !isOffered(job, view, entry) || !(view.code(entry) instanceof CodeEntry.Found found)) {
            return;
        }
        if (found.procedure().mode() == Mode.ASYNC
                && isTurn(job, view, delay(job, view), 0)
                && hasRoom(job, entry, found)) {
            long from = job.claim().tick();
            StateEntry running = job.state().running(view.site().node(), view.now(), 0);
            Write claim = view.claim(view.site().standby(job.id), running.started(), Expectation.absent());
            Phase.Claiming claiming = claiming(job, view, entry, found, running, from);
            ask(job, view, CommitRequest.Purpose.STANDBY, claiming, List.of(claim), List.of());
        }
    }

    private static boolean isOffered(Job job, View view, JobEntry entry) {
        return job.state().offered()
                && !view.site().node().equals(job.claimHolder())
                && !job.hasStandby()
                && !job.hasDeclined()
                && entry.placement().handover()
                && entry.target() != 0
                && entry.target() <= job.state().started();
    }

    /** Whether so much is under way that no claim is asked for, whatever it is for. */
    private boolean isBusy() {
        return underWay + runs.awaited() >= CLAIMS;
    }

    private boolean hasRoom(Job job, JobEntry entry, CodeEntry.Found found) {
        Place place = place(job, entry, found.procedure());
        if (!isBusy() && places.keep(place)) {
            return true;
        }
        crowded.put(job, place);
        return false;
    }

    private static Place place(Job job, JobEntry entry, Procedure procedure) {
        return new Place(
                procedure.language(),
                job.isAlone(entry, procedure),
                job.id.kind().outlivesClaim(entry),
                entry.limits().network(),
                entry.as());
    }

    private static Phase.Claiming claiming(
            Job job, View view, JobEntry entry, CodeEntry.Found found, StateEntry running, long from) {
        return new Phase.Claiming(
                new Attempt(entry, found.procedure(), found.needs()),
                running,
                view.lease().session(),
                job.state().reason().code().isRefusal(),
                from,
                view.now(),
                job.news());
    }

    private void ask(
            Job job,
            View view,
            CommitRequest.Purpose purpose,
            Phase.Claiming claiming,
            List<Write> writes,
            List<ErrorReport> reports) {
        job.to(claiming);
        underWay++;
        List<Guard> guards = new ArrayList<>();
        guards.add(new Guard(view.site().entry(job.id), job.entryTick()));
        if (claiming.isStandby()) {
            guards.add(new Guard(view.site().state(job.id), job.stored().tick()));
            guards.add(new Guard(view.site().claim(job.id), claiming.from()));
        }
        effects.commit(new CommitRequest(job.id, purpose, job.entryTick(), writes, guards, view.news(reports), null));
    }

    /** The answer to a claim is there: if a run starts it takes the place that was kept for it, else that is free. */
    void answered(Job job, View view, Phase.Claiming claiming, boolean starts) {
        underWay--;
        pace.answered(claiming.askedAt(), view.now());
        if (!starts) {
            places.free(place(job, claiming.attempt().job(), claiming.attempt().procedure()));
        }
    }

    /** There may be room for more runs. Those that need a place of a sort that there is not do not hold up the others. */
    void roomMade(Consumer<Job> consider) {
        Set<Place> lacking = new HashSet<>();
        Job last = crowded.isEmpty() ? null : crowded.lastEntry().getKey();
        while (last != null && !isBusy()) {
            // No more than there is room for: most often that is one, of many.
            List<Job> next = next(last, lacking);
            for (Job job : next) {
                Place place = crowded.get(job);
                if (place != null && !lacking.contains(place) && !isBusy()) {
                    crowded.remove(job);
                    consider.accept(job);
                    Place lacks = crowded.get(job);
                    if (lacks != null) {
                        lacking.add(lacks);
                    }
                }
            }
            if (next.isEmpty() || next.getLast() == last) {
                return;
            }
        }
    }

    /** The first jobs up to this one whose places are not lacking, as many as there may be room for. */
    private List<Job> next(Job last, Set<Place> lacking) {
        int room = CLAIMS - underWay - runs.awaited();
        List<Job> next = new ArrayList<>();
        for (Map.Entry<Job, Place> each : crowded.entrySet()) {
            if (!lacking.contains(each.getValue())) {
                next.add(each.getKey());
            }
            if (each.getKey() == last || next.size() == room) {
                break;
            }
        }
        return next;
    }
}
