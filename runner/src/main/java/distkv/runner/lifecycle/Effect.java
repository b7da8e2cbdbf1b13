package distkv.runner.lifecycle;

import distkv.model.Guard;
import distkv.runner.outbox.CommitRequest;
import distkv.runner.worker.Launch;
import distkv.schema.job.JobId;
import distkv.schema.job.Stop;

/** What the {@link Lifecycle} has its caller do. What comes of it arrives as a {@link JobEvent}. */
public sealed interface Effect {
    /** Commits; answered by {@link JobEvent.Committed}. The commits of one job are made one after another. */
    record Commit(CommitRequest request) implements Effect {}

    /** Starts a run in the place that was kept for it; answered by {@link JobEvent.RunChanged}. */
    record Start(Launch launch) implements Effect {}

    /** Tells a run on standby that it has taken over: this is its claim from now on. */
    record TakeOver(long run, Guard claim) implements Effect {}

    /** Tells a run to end; one that is told {@link Stop#CLAIM_LOST} gets {@code Lost}. */
    record Cancel(long run, Stop why) implements Effect {}

    /** Kills the worker of a run. */
    record Kill(long run) implements Effect {}

    /** Tells the operator something about a job. */
    record Log(System.Logger.Level level, JobId job, String text) implements Effect {}
}
