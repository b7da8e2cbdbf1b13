package distkv.runner.lifecycle;

import distkv.model.Entry;
import distkv.model.Path;
import distkv.model.Value;
import distkv.runner.lifecycle.SimWorkers.Execution;
import distkv.runner.outbox.CommitRequest;
import distkv.schema.BadEntry;
import distkv.schema.job.JobEntry;
import distkv.schema.job.Reason;
import distkv.schema.job.StateEntry;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.function.DoubleBinaryOperator;

/** What must hold at every step of a simulated history, whatever happens. */
final class SimCheck {
    /** How far wall clocks may be apart. */
    static final double SKEW = 5;

    private static final double EPSILON = 1e-6;

    /** An invariant does not hold. */
    static final class Violation extends AssertionError {
        private static final long serialVersionUID = 1;

        Violation(String what) {
            super(what);
        }
    }

    private final Sim sim;
    private final Map<String, List<Execution>> live = new HashMap<>();
    /** Which claim the last write of a job was made under. */
    private final Map<String, Long> lastWriter = new HashMap<>();
    /** When the last execution of a job that succeeded began. */
    private final Map<String, Double> succeeded = new HashMap<>();
    /** Claims older than this are of a time before the tree was restored. */
    private long restored;

    /** When an execution of a job ended last. */
    private final Map<String, Double> ended = new HashMap<>();
    /** When the code of a group changed last. */
    final Map<String, Double> codeChanged = new HashMap<>();

    SimCheck(Sim sim) {
        this.sim = sim;
    }

    /** The name of a job; a job for all nodes is one for each of them. */
    static String where(Path entry, String node) {
        return entry.elements().get(1).equals("all") ? entry + " @" + node : entry.toString();
    }

    /**
     * Executions do not overlap, unless a whole machine stands still with one of them, or the job may be split between
     * nodes, or the one stands by for the other.
     */
    void begins(Execution one) {
        List<Execution> others = live.computeIfAbsent(one.job, key -> new ArrayList<>(2));
        for (Execution other : others) {
            if (one.isStandby() == other.isStandby()) {
                areApart(other, one, " begins while ");
            }
        }
        others.add(one);
    }

    private void areApart(Execution other, Execution one, String verb) {
        boolean old = other.claim.tick() < restored;
        boolean split = other.split && other.node != one.node;
        if (!other.node.isSuspended() && !other.stale && !old && !other.replaced && !split) {
            throw new Violation(one + verb + other + " goes on");
        }
    }

    /** An execution is on standby no more. */
    void takesOver(Execution one) {
        for (Execution other : live.getOrDefault(one.job, List.of())) {
            if (other != one && !other.isStandby()) {
                areApart(other, one, " has taken over while ");
            }
        }
    }

    /** A runner asks for the claim that a run of its own stands by for; what is returned notes it, if it gets it. */
    Runnable swaps(SimNode node, CommitRequest request) {
        Entry claim = sim.store.get(request.writes().get(0).path());
        if (claim == null) {
            return claims(node, request);
        }
        String job = SimCheck.where(request.guards().getFirst().path(), node.name);
        return () -> {
            for (Execution other : live.getOrDefault(job, List.of())) {
                other.replaced |= other.claim.tick() == claim.tick();
            }
        };
    }

    void ends(Execution one, boolean success) {
        Objects.requireNonNull(live.get(one.job)).remove(one);
        ended.put(one.job, sim.now);
        if (success) {
            succeeded.merge(one.job, one.from, Math::max);
        }
    }

    /**
     * The tree has gone back: what was claimed before has perhaps no claim any more, and is about to be told; and what was
     * written under claims that are newer than the backup has never been, so that an older run may write again.
     */
    void restored(long tick, long newest) {
        restored = tick;
        lastWriter.values().removeIf(claim -> claim > newest);
    }

    /** Whether an execution of the job goes on, or has ended then or later. */
    boolean hasBeenActive(String job, double since) {
        return isRunning(job, 0) || ended.getOrDefault(job, 0.0) >= since;
    }

    /** A write was let through: no run that began earlier may write after it. */
    void writes(Execution one) {
        long last = lastWriter.merge(one.job, one.claim.tick(), Math::max);
        if (last > one.claim.tick()) {
            throw new Violation(one + " has written after the run with the claim " + last);
        }
    }

    /** A runner asks for a claim; what is returned checks, if it gets it, that it was not too early. */
    Runnable claims(SimNode node, CommitRequest request) {
        Entry entry = sim.store.get(request.guards().getFirst().path());
        Entry state = sim.store.get(request.writes().get(1).path());
        Value next = Objects.requireNonNull(request.writes().get(1).value());
        return () -> {
            StateEntry before =
                    state == null || state.value() == null ? StateEntry.NEW : StateEntry.read(state.value());
            double started = StateEntry.read(next).started();
            double earliest = earliest(node, read(Objects.requireNonNull(entry)), before);
            // The clock may have been set back since it asked.
            boolean future = started > node.clock() + SKEW * 2 + EPSILON && !node.wasSet(sim.now - 1);
            if (started + EPSILON < earliest || future) {
                throw new Violation(request.job() + " starts on " + node.name + " at " + (started - Sim.START)
                        + ", but not before " + (earliest - Sim.START) + " after " + before);
            }
        };
    }

    private static JobEntry read(Entry entry) {
        return read(Objects.requireNonNull(entry.value()));
    }

    static JobEntry read(Value entry) {
        try {
            return JobEntry.read(entry);
        } catch (BadEntry e) {
            throw new Violation("a bad entry was started: " + e.getMessage());
        }
    }

    /** When a job may start at the earliest, as the reference has it. */
    private double earliest(SimNode node, JobEntry job, StateEntry before) {
        if (job.target() > before.started()) {
            return job.target();
        }
        // If it was started by a clock that was ahead, nobody can tell from this whether the code is newer.
        double started = before.started() > sim.now + 2 * SKEW ? 0 : before.started();
        if (errors(before) > 0
                && before.node() == null
                && codeChanged.getOrDefault(node.group.name, 0.0) >= started - 2 * SKEW) {
            return 0;
        }
        return next(job, before, (time, period) -> time > node.clock() + period ? node.clock() : time);
    }

    /** When a job that nobody runs must start at the latest; times that cannot be true should not be in its state. */
    double latest(JobEntry job, StateEntry before) {
        return next(job, before, (time, period) -> time > sim.now + period ? Double.NEGATIVE_INFINITY : time);
    }

    /** @param believed what to take for a time, given a period by which it may be in the future */
    private static double next(JobEntry job, StateEntry before, DoubleBinaryOperator believed) {
        boolean lost = before.node() != null || before.reason().code() == Reason.Code.NODE_LOST;
        int errors = errors(before);
        double pause = job.delay() * Math.pow(job.backoff(), Math.min(errors, 20));
        if (lost) {
            return errors > 1 ? believed.applyAsDouble(before.started(), pause) + pause : 0;
        }
        boolean refused = before.reason().code().lacksProcedure()
                || before.reason().code().lacksNode();
        if (refused || before.reason().code().isInterruption()) {
            return 0;
        }
        if (errors > 0) {
            return believed.applyAsDouble(before.stopped(), pause) + pause;
        }
        return job.repeat() > 0
                ? believed.applyAsDouble(before.stopped(), job.repeat()) + job.repeat()
                : Double.POSITIVE_INFINITY;
    }

    private static int errors(StateEntry state) {
        return state.backoff() + (state.node() != null ? 1 : 0);
    }

    /** A run is ended here so that another node may have it: one that does something once only if it may not stay. */
    void moves(Execution one, boolean mayStay) {
        if (mayStay && !one.isWell && !one.handover) {
            throw new Violation(one + " is moved, but does not say that it can be begun again");
        }
    }

    /** A node has so many runs. */
    void isRoom(SimNode node, int runs) {
        if (runs > sim.room) {
            throw new Violation(node.name + " has " + runs + " runs (expected: " + sim.room + " or fewer)");
        }
    }

    /** A runner that was told to stop has had its time. */
    void isOver(SimNode node, boolean disturbed, int busy) {
        if (!disturbed && busy > 0) {
            throw new Violation(node.name + " was told to stop, but is busy with " + busy);
        }
    }

    /** Whether an execution that began then or later has succeeded. */
    boolean hasSucceeded(String job, double since) {
        return succeeded.getOrDefault(job, 0.0) >= since;
    }

    /** Whether an execution that began then or later goes on. */
    boolean isRunning(String job, double since) {
        return live.getOrDefault(job, List.of()).stream().anyMatch(one -> one.from >= since && !one.isStandby());
    }
}
