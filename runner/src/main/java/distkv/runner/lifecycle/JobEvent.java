package distkv.runner.lifecycle;

import distkv.model.Entry;
import distkv.model.Path;
import distkv.runner.group.Peer;
import distkv.runner.outbox.CommitRequest;
import distkv.runner.outbox.CommitRequest.Result;
import distkv.runner.worker.RunEvent;
import distkv.schema.code.CodeId;
import distkv.schema.job.Kind;
import org.jspecify.annotations.Nullable;

/** What happens to jobs, from a runner's point of view. */
public sealed interface JobEvent {
    /** Which of a job's three entries has changed. */
    enum Part {
        ENTRY,
        STATE,
        CLAIM
    }

    /** One of a job's entries has changed; {@code path} is the job's, below the root of that part. */
    record Changed(Kind kind, Part part, Path path, Entry entry) implements JobEvent {}

    /** An error about something has changed: that concerns a job of that entry which has been deleted. */
    record ErrorChanged(Path about) implements JobEvent {}

    /** A procedure or module has changed: that concerns the jobs that are to run it, and those whose runs use it. */
    record CodeChanged(CodeId changed) implements JobEvent {}

    /** This is now known of a node that runs jobs of the kind {@link Kind#ANY}; {@code null}: it runs none any more. */
    record PeerChanged(String node, @Nullable Peer peer) implements JobEvent {}

    /**
     * How long the claims of a runner certainly live.
     *
     * @param session which session they are bound to; another number after the session was lost
     * @param until the time of the last renewal that was answered, at which it was sent, and the time to live
     * @param margin how much earlier the runs must have ended
     */
    record Lease(long session, double until, double margin) {
        /** There is no session yet. */
        public static final Lease NONE = new Lease(0, Double.NEGATIVE_INFINITY, 0);

        /** When runs that must not outlive their claims are told to end. */
        public double last() {
            return until - margin;
        }

        /** When they are killed if they have not. */
        double kill() {
            return until - margin / 4;
        }
    }

    /**
     * The claims of this runner certainly live for that long. If they are bound to another session than before, those
     * made before are lost.
     */
    record LeaseChanged(Lease lease) implements JobEvent {}

    /** Whether all feeds are read and the server answers: only then is anything begun. */
    record OpenChanged(boolean open) implements JobEvent {}

    /** The commit of an {@link Effect.Commit} is answered. */
    record Committed(CommitRequest request, Result result) implements JobEvent {}

    /** A run has got further. */
    record RunChanged(RunEvent event) implements JobEvent {}

    /** There may be room for more runs. */
    record RoomMade() implements JobEvent {}

    /** Time has passed: does what is due by now. */
    record TimerFired() implements JobEvent {}

    /** The runner stops: ends all runs and begins no more. */
    record Stopping() implements JobEvent {}
}
