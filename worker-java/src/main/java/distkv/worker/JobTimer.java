package distkv.worker;

import distkv.code.Message;
import distkv.code.Timer;
import java.time.Duration;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** A timer of a job. */
final class JobTimer implements Timer {
    private final MessageQueue messages;
    private final ScheduledExecutorService clock;
    private @Nullable ScheduledFuture<?> running;
    private Message.@Nullable Fired fired;
    private boolean ended;

    JobTimer(MessageQueue messages, ScheduledExecutorService clock) {
        this.messages = messages;
        this.clock = clock;
    }

    @Override
    public synchronized void run(Duration delay) {
        cancel();
        if (delay.isPositive() && !ended) {
            running = clock.schedule(this::fire, delay.toNanos(), TimeUnit.NANOSECONDS);
        }
    }

    private synchronized void fire() {
        if (running != null) {
            running = null;
            fired = new Message.Fired(this);
            messages.put(fired);
        }
    }

    @Override
    public synchronized boolean cancel() {
        boolean wasRunning = running != null;
        if (running != null) {
            running.cancel(false);
            running = null;
        }
        boolean wasUnread = fired != null && messages.withdraw(fired);
        fired = null;
        return wasRunning || wasUnread;
    }

    /** Stops the timer for good: the job is over. */
    synchronized void end() {
        ended = true;
        cancel();
    }
}
