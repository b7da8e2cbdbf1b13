package distkv.runner.schedule;

import distkv.model.Path;
import distkv.schema.code.CodeEntry;
import distkv.schema.job.JobEntry;
import distkv.schema.job.Reason;
import distkv.schema.job.StateEntry;
import distkv.schema.job.Stop;

/** When a job starts: a pure function of its entry, its state and its code. */
public final class Schedule {
    /** The longest pause, about thirty years: an exponent must not make a time that is no number. */
    private static final double LONGEST = 1e9;

    /** Clocks of nodes may be so far apart, in seconds, without anything being wrong with a job that is not repeated. */
    private static final double APART = 60;

    /** Whether a job that nobody runs is to start. */
    public sealed interface Decision {
        /** What its state says about it. */
        Reason reason();

        /** Now; it has been due since then. */
        record Start(double due, Reason reason) implements Decision {}

        /** Not before that time. */
        record WaitUntil(double time, Reason reason) implements Decision {}

        /** Not unless its entry, its state or its code changes. */
        record Nothing(Reason reason) implements Decision {}

        /** Not as it is: a decision that is an error, to be recorded as such. */
        record Refuse(Reason reason, String message) implements Decision {}
    }

    private Schedule() {}

    /**
     * The same state, with now for each of its times that cannot be true: one that is in the future by more than the
     * job's own period was written when a clock was ahead, and would hold up the job until then. So a target that is
     * still to come, and was met too early, is met again.
     */
    public static StateEntry believed(JobEntry job, StateEntry state, double now) {
        double latest = now + period(job, state, now);
        double started = state.started() <= latest ? state.started() : now;
        double stopped = state.stopped() <= latest ? state.stopped() : now;
        return started == state.started() && stopped == state.stopped() ? state : state.at(started, stopped);
    }

    private static double period(JobEntry job, StateEntry state, double now) {
        if (state.backoff() > 0) {
            return pause(job, state.backoff());
        }
        double again = job.again(now);
        return again > 0 ? job.again(again) - again : APART;
    }

    /**
     * Decides on a job that nobody runs.
     *
     * @param mended whether the last run failed, and what it ran with has changed since
     */
    public static Decision decide(JobEntry job, StateEntry state, CodeEntry code, boolean mended, double now) {
        if (job.code() == null) {
            return new Decision.Nothing(Reason.of(Reason.Code.NO_CODE));
        }
        if (job.target() == 0) {
            return new Decision.Nothing(Stop.NO_TARGET.reason());
        }
        if (job.target() > state.started()) {
            return at(job.target(), Reason.of(Reason.Code.TARGET), code, now);
        }
        if (state.reason().code() == Reason.Code.NODE_LOST && state.backoff() > 1) {
            double next = Math.max(state.stopped(), state.started() + pause(job, state.backoff()));
            return at(next, state.reason(), code, now);
        }
        // A job that was refused for want of its procedure, or of a node, was due then, and still is.
        Reason.Code last = state.reason().code();
        if (last.isInterruption() || last.lacksProcedure() || last.lacksNode()) {
            return at(state.stopped() > now ? 0 : state.stopped(), state.reason(), code, now);
        }
        if (state.backoff() > 0) {
            return mended
                    ? at(
                            state.stopped() > now ? 0 : state.stopped(),
                            Reason.of(Reason.Code.CHANGED_AFTER_ERROR),
                            code,
                            now)
                    : at(state.stopped() + pause(job, state.backoff()), Reason.of(Reason.Code.BACKOFF), code, now);
        }
        double again = job.again(state.stopped());
        return again > 0
                ? at(again, Reason.of(job.cron() == null ? Reason.Code.REPEAT : Reason.Code.CRON), code, now)
                : new Decision.Nothing(Stop.NO_TARGET.reason());
    }

    private static Decision at(double time, Reason reason, CodeEntry code, double now) {
        if (time > now) {
            return new Decision.WaitUntil(time, reason);
        }
        return switch (code) {
            case CodeEntry.Found found -> new Decision.Start(time, reason);
            case CodeEntry.Missing missing ->
                new Decision.Refuse(
                        about(Reason.Code.NO_PROCEDURE, missing.path()), "There is no procedure " + missing.path());
            case CodeEntry.Broken broken ->
                new Decision.Refuse(
                        about(Reason.Code.BAD_PROCEDURE, broken.path()),
                        "Procedure " + broken.path() + ": " + broken.why());
        };
    }

    private static Reason about(Reason.Code code, Path procedure) {
        return new Reason(code, code.word() + " " + procedure);
    }

    private static double pause(JobEntry job, int errors) {
        return Math.min(LONGEST, job.delay() * StrictMath.pow(job.backoff(), Math.min(errors, StateEntry.MAX_BACKOFF)));
    }
}
