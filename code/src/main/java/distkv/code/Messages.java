package distkv.code;

import java.time.Duration;
import java.util.Iterator;
import org.jspecify.annotations.Nullable;

/**
 * The messages of a running job, in order, without an end. Any thread of the job may take them; each message goes to
 * one thread.
 *
 * <p>A job that is slower than its watches holds them back: meanwhile the server keeps only the newest value of each
 * path. Timers and group states are always delivered.
 *
 * <p>Taking a message throws {@link CancelledException} when the job is told to end, and {@link StalledException} if
 * messages of watches, monitors or timers have been waiting for 10 seconds (or the runner's {@code idle}) and none was
 * taken. That period starts when the first message is taken, so a job may set up for as long as it likes.
 */
public interface Messages extends Iterable<Message> {
    /** Waits for the next message. */
    Message next();

    /** Waits for the next message, but no longer than the timeout; {@code null}: none has come. */
    @Nullable
    Message next(Duration timeout);

    /**
     * For {@code for (Message message : self.messages())}: that loop ends only by {@code break}, {@code return} or an
     * exception.
     */
    @Override
    default Iterator<Message> iterator() {
        return new Iterator<>() {
            @Override
            public boolean hasNext() {
                return true;
            }

            @Override
            public Message next() {
                return Messages.this.next();
            }
        };
    }
}
