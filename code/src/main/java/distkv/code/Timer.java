package distkv.code;

import java.time.Duration;

/** A timer of a job: sends {@link Message.Fired} once its delay has passed. */
public interface Timer {
    /**
     * Starts it, or starts it again. A message of its last firing that was not read yet is taken back.
     *
     * @param delay from now on; zero or less: it does not run
     */
    void run(Duration delay);

    /** Stops it, and takes a message back that was not read yet. Returns whether there was anything to stop. */
    boolean cancel();
}
