package distkv.code;

import java.time.Duration;
import java.util.Iterator;
import org.jspecify.annotations.Nullable;

/**
 * The messages of a running job, one after another; they never end by themselves. Any thread of the job may take them,
 * each message goes to one.
 *
 * <p>A job that is slower than its watches holds them back: the server keeps the newest value of each path meanwhile.
 * Timers and group states always find room.
 *
 * <p>Taking a message throws {@link CancelledException} when the job is told to end, and {@link StalledException} if
 * messages of watches, monitors or timers have been waiting for 10 seconds (or whatever the runner's {@code idle} is) and
 * none was taken. That begins with the first message that is taken, so the job may set up for as long as it likes.
 */
public interface Messages extends Iterable<Message> {
    /** Waits for the next message. */
    Message next();

    /** Waits for the next message, for so long at most; {@code null} if none has come. */
    @Nullable
    Message next(Duration timeout);

    /** For {@code for (Message message : self.messages())}, which ends only by {@code break}, {@code return} or an exception. */
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
