package distkv.server.audit;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * Limits the events that anybody can cause, so that nobody can push others out of the log: in a minute {@value #EACH} of
 * one kind, person and address, and {@value #ALL} in all. Of the rest only their number is recorded. Any thread may use it.
 */
final class EventLimit {
    static final int EACH = 20;
    static final int ALL = 300;
    static final long MINUTE_NANOS = 60_000_000_000L;

    /** Whose events have a limit of their own. */
    private record Source(AuditEvent.AuditAction action, String who, String from) {}

    private static final class Count {
        int passed;
        long held;
    }

    private final LongSupplier nanoTime;
    private final Map<Source, Count> counts = new HashMap<>();
    private long heldOfOthers;
    private int passed;
    private long began;

    EventLimit(LongSupplier nanoTime) {
        this.nanoTime = nanoTime;
        this.began = nanoTime.getAsLong();
    }

    /** Whether the event is to be recorded. */
    synchronized boolean admits(AuditEvent event) {
        if (!event.action().isAnybodys()) {
            return true;
        }
        // A name that was only tried is no person.
        String who = event.action() == AuditEvent.AuditAction.DENIED ? event.who() : "";
        Source source = new Source(event.action(), who, event.from());
        Count count = passed < ALL ? counts.computeIfAbsent(source, _ -> new Count()) : counts.get(source);
        if (count == null) {
            heldOfOthers++;
            return false;
        }
        if (passed >= ALL || count.passed >= EACH) {
            count.held++;
            return false;
        }
        count.passed++;
        passed++;
        return true;
    }

    /** When a minute is over, what was held back in it; {@code null} while it is not. */
    synchronized @Nullable List<AuditEvent> summary(boolean now) {
        long time = nanoTime.getAsLong();
        if (!now && time - began < MINUTE_NANOS) {
            return null;
        }
        List<AuditEvent> summary = new ArrayList<>();
        counts.forEach((source, count) -> {
            if (count.held > 0) {
                summary.add(new AuditEvent(source.action(), source.who(), source.from(), "", more(count.held)));
            }
        });
        if (heldOfOthers > 0) {
            summary.add(new AuditEvent(AuditEvent.AuditAction.LOG, "", "", "", more(heldOfOthers) + " of others"));
        }
        counts.clear();
        heldOfOthers = 0;
        passed = 0;
        began = time;
        return summary;
    }

    private static String more(long count) {
        return count + " more within a minute";
    }
}
