package distkv.runner.job;

import distkv.model.Guard;
import distkv.runner.worker.Launch;
import distkv.schema.code.Language;
import distkv.schema.job.JobId;
import distkv.schema.job.Stop;

/** What the dispatcher has others do. No method waits; what comes of it arrives as a call of the {@link Dispatcher}. */
public interface Hands {
    /** Commits; answered by {@link Dispatcher#answered}. */
    void commit(Ask ask);

    /** Keeps a place for one more run, if there is one: {@code alone} in a worker, or sharing one. */
    boolean keepPlace(Language language, boolean alone, boolean outlivesClaim);

    /** Gives up a place that was kept: nothing starts there, or it starts now. */
    void freePlace(Language language, boolean alone, boolean outlivesClaim);

    /** Starts a run; answered by {@link Dispatcher#started} and, in any case, {@link Dispatcher#ended}. */
    void start(Launch launch);

    /** Tells a run on standby that it has taken over: this is its claim from now on. */
    void claim(long run, Guard claim);

    /** Tells a run to end; one that is told {@link Stop#CLAIM_LOST} gets {@code Lost}. */
    void cancel(long run, Stop why);

    /** Kills the worker of a run. */
    void kill(long run);

    /** Tells the operator something about a job. */
    void say(System.Logger.Level level, JobId job, String text);
}
