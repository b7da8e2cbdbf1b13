package distkv.code;

import distkv.client.Client;
import distkv.client.WatchOptions;
import distkv.model.Path;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;

/**
 * The controller of a running job: passed to {@code run} if its first parameter is a {@code Context}. Everything that
 * is started here ends with the job. Every write carries the run's claim as a fence. Once the claim is gone, writes
 * throw {@link LostException}, and the job is interrupted soon after.
 */
public interface Context {
    /** The job's messages. */
    Messages messages();

    /**
     * Sends {@link Message.Change} or {@link Message.Deleted} for this entry: first its present value, then every
     * change.
     */
    Subscription watch(Path path) throws InterruptedException;

    /** Watches a subtree, or an entry without its present value, or both, as the options say. */
    Subscription watch(Path path, WatchOptions options) throws InterruptedException;

    /** Sends {@link Message.Received} for every message to this topic, whose elements may be MQTT wildcards. */
    Subscription monitor(Path topic) throws InterruptedException;

    /** Sends {@link Message.Fired} after this delay; zero or less: not before {@link Timer#run} is called. */
    Timer timer(Duration delay);

    /** Runs work on another virtual thread of the job. If it throws, the job fails with that exception. */
    Task spawn(String name, Callable<?> work);

    /**
     * Ends the job by interrupting it. It then succeeds without a result; to end it with one, return from {@code run}.
     */
    void cancel();

    /** Says that the job is set up: its recorded errors are resolved. */
    default void setupDone() throws InterruptedException {
        setupDone(null, Map.of());
    }

    /**
     * Says that the job is set up, with details for the record. A run on standby, which may not write yet, waits here
     * until it has taken over.
     *
     * @param comment a line about it
     * @param data further details
     */
    void setupDone(@Nullable String comment, Map<String, ?> data) throws InterruptedException;

    /**
     * Records an error of this job. Meant to be thrown: {@code throw self.error("no answer", Map.of("host", host))}
     * ends the job, which starts again after its delay.
     */
    ErrorRecorded error(String message, Map<String, ?> data) throws InterruptedException;

    /** Records an error of this job, as {@link #error(String, Map)}. */
    default ErrorRecorded error(String message) throws InterruptedException {
        return error(message, Map.of());
    }

    /** The value at a path; {@code null}: there is none, or it is nil. */
    @Nullable
    Object get(Path path) throws InterruptedException;

    /** Writes a value. Returns the write's tick. */
    long set(Path path, @Nullable Object value) throws InterruptedException;

    /** Deletes an entry. Returns the write's tick. */
    long delete(Path path) throws InterruptedException;

    /** Sends a message to all who monitor the topic. */
    void send(Path topic, @Nullable Object value) throws InterruptedException;

    /**
     * The client, for everything else. Its writes carry the fence as well. It is shared with other jobs: it has no
     * session, and closing it has no effect.
     */
    Client client();

    /**
     * The fencing token of this run, for use outside of the tree; 0: the job needs no claim. It grows with every run of
     * the job: whatever comes with a smaller token comes from a run that has been replaced. The token of a run on
     * standby is valid only once {@link #setupDone} has returned.
     */
    long fence();

    /** The variables: the procedure's defaults, overridden by the job's data. */
    Map<String, @Nullable Object> vars();

    /**
     * A secret of the job: the content of a file of the node, which the job's {@code secrets} name.
     *
     * @throws java.util.NoSuchElementException if the job has none of this name
     */
    String secret(String name);

    /** The configuration. */
    Map<String, @Nullable Object> config();

    /** This node's name. */
    String node();

    /** The path of the job's entry. */
    Path job();

    /** The job's logger. Lines that the code prints are logged at level INFO. */
    System.Logger log();
}
