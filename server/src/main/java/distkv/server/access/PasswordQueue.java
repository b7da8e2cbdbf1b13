package distkv.server.access;

import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Where passwords wait to be checked, which takes much memory and time: one at a time, and no more than one of each
 * address in the line, so that a thousand attempts from one address delay those from others by one. After a wrong password
 * there is a rest, so that those who guess, from however many addresses, have a part of one processor.
 */
final class PasswordQueue {
    /** The attempts from one address, of which only the first is in the line. */
    private static final class Door {
        final ReentrantLock lock = new ReentrantLock(true);
        int attempts;
    }

    /** How long the rest is, measured by what the attempt has taken, and at most. */
    private static final int REST = 3;

    private static final long MOST_REST_NANOS = 500_000_000;

    private final ReentrantLock line = new ReentrantLock(true);

    /** Changed with the line held. */
    private long restUntil = System.nanoTime();

    private final Map<String, Door> doors = new HashMap<>();

    /** Does this when it is the turn of this attempt. */
    <T extends @Nullable Object> T inTurn(String address, Supplier<T> attempt) {
        Door door = enter(address);
        door.lock.lock();
        try {
            line.lock();
            try {
                rest();
                return attempt.get();
            } finally {
                line.unlock();
            }
        } finally {
            door.lock.unlock();
            leave(address, door);
        }
    }

    /** The attempt whose turn it is was wrong, and has taken this long. */
    void failed(long nanos) {
        restUntil = System.nanoTime() + Math.min(REST * nanos, MOST_REST_NANOS);
    }

    private void rest() {
        try {
            TimeUnit.NANOSECONDS.sleep(restUntil - System.nanoTime());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private synchronized Door enter(String address) {
        Door door = doors.computeIfAbsent(address, from -> new Door());
        door.attempts++;
        return door;
    }

    private synchronized void leave(String address, Door door) {
        door.attempts--;
        if (door.attempts == 0) {
            doors.remove(address);
        }
    }

    /** How many attempts there are. */
    synchronized int size() {
        return doors.values().stream().mapToInt(door -> door.attempts).sum();
    }
}
