package distkv.server.access;

import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Where passwords wait to be checked, which takes much memory and time: one at a time, and no more than one of each
 * address in the line, so that a thousand attempts from one address delay those from others by one.
 */
final class PasswordQueue {
    /** The attempts from one address, of which only the first is in the line. */
    private static final class Door {
        final ReentrantLock lock = new ReentrantLock(true);
        int attempts;
    }

    private final ReentrantLock line = new ReentrantLock(true);
    private final Map<String, Door> doors = new HashMap<>();

    /** Does this when it is the turn of this attempt. */
    <T extends @Nullable Object> T inTurn(String address, Supplier<T> attempt) {
        Door door = enter(address);
        door.lock.lock();
        try {
            line.lock();
            try {
                return attempt.get();
            } finally {
                line.unlock();
            }
        } finally {
            door.lock.unlock();
            leave(address, door);
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
