package distkv.code;

import distkv.client.Client;
import distkv.client.WatchOptions;
import distkv.model.Path;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;

/**
 * The controller of one running job: what {@code run} gets if its first parameter is one. Everything that is started
 * here ends with the job. Every write carries the run's claim as a fence; once the claim is gone, writes throw
 * {@link LostException}, and the job is interrupted soon after.
 */
public interface Context {
    /** What comes to the job. */
    Messages messages();

    /** Sends {@link Message.Change} or {@link Message.Deleted} for this entry: first what is there, then every change. */
    Subscription watch(Path path) throws InterruptedException;

    /** The same for a subtree, or without what is there, or both. */
    Subscription watch(Path path, WatchOptions options) throws InterruptedException;

    /** Sends {@link Message.Received} for every message to this topic, which may have MQTT's wildcards as elements. */
    Subscription monitor(Path topic) throws InterruptedException;

    /** Sends {@link Message.Fired} after this time; zero or less: not before {@link Timer#run} is called. */
    Timer timer(Duration delay);

    /** Runs something beside the job, on a virtual thread. If it throws, the job fails with that. */
    Task spawn(String name, Callable<?> work);

    /** Ends the job, by interrupting it. That counts as a success without a result; to end with one, return it. */
    void cancel();

    /** Says that the job has started up: what was recorded of its errors is resolved. */
    default void setupDone() throws InterruptedException {
        setupDone(null, Map.of());
    }

    /**
     * Says that the job has started up, for the record. A run on standby, which may not write yet, waits here until it has
     * taken over.
     *
     * @param comment a line about it
     * @param data what else is worth to know
     */
    void setupDone(@Nullable String comment, Map<String, ?> data) throws InterruptedException;

    /**
     * Records an error of this job. To be thrown: {@code throw self.error("no answer", Map.of("host", host))} ends the
     * job, which starts again after its delay.
     */
    ErrorRecorded error(String message, Map<String, ?> data) throws InterruptedException;

    /** Records an error of this job, as {@link #error(String, Map)}. */
    default ErrorRecorded error(String message) throws InterruptedException {
        return error(message, Map.of());
    }

    /** The value at a path; {@code null} if there is none, or nil. */
    @Nullable
    Object get(Path path) throws InterruptedException;

    /** Writes a value. Returns the write's tick. */
    long set(Path path, @Nullable Object value) throws InterruptedException;

    /** Deletes an entry. Returns the write's tick. */
    long delete(Path path) throws InterruptedException;

    /** Sends a message to all who monitor the topic. */
    void send(Path topic, @Nullable Object value) throws InterruptedException;

    /**
     * The client, for all else. Its writes carry the fence, too; it is shared with other jobs, so that it has no session
     * for the code, and closing it does nothing.
     */
    Client client();

    /**
     * The fencing token of this run, for use outside of the tree; 0 if the job needs no claim. It grows with every run
     * of the job: what comes with a smaller one comes from a run that has been replaced. Of a run on standby it counts
     * only once {@link #setupDone} has returned.
     */
    long fence();

    /** The variables: the procedure's defaults, overlaid by the job's data. */
    Map<String, @Nullable Object> vars();

    /** The configuration. */
    Map<String, @Nullable Object> config();

    /** This node's name. */
    String node();

    /** Where the job's entry is. */
    Path job();

    /** The job's logger. Lines that the code prints are logged with level INFO. */
    System.Logger log();
}
