package distkv.code;

import java.time.Duration;

/** A timer of a job: sends {@link Message.Fired} when its delay has passed. */
public interface Timer {
    /**
     * Starts or restarts the timer. An unread message of its last firing is withdrawn.
     *
     * @param delay from now on; zero or less: stops the timer
     */
    void run(Duration delay);

    /** Stops the timer and withdraws an unread message. Returns whether there was anything to stop. */
    boolean cancel();
}
