package distkv.worker;

import distkv.code.Message;
import java.util.HashSet;
import java.util.Set;

/**
 * Counts the watches of a job, and sends {@link Message.Ready} once all of them have delivered their initial entries.
 */
final class Readiness {
    private final MessageQueue messages;
    private final Set<Object> loading = new HashSet<>();
    private int ready;

    Readiness(MessageQueue messages) {
        this.messages = messages;
    }

    /** Waits for this watch as well. */
    synchronized void opened(Object watch) {
        loading.add(watch);
    }

    /** This watch has delivered its initial entries. */
    synchronized void ready(Object watch) {
        if (loading.remove(watch)) {
            ready++;
            if (loading.isEmpty()) {
                messages.put(new Message.Ready(ready));
            }
        }
    }

    /** This watch has ended, possibly before it was ready. */
    synchronized void closed(Object watch) {
        if (loading.remove(watch) && ready > 0 && loading.isEmpty()) {
            messages.put(new Message.Ready(ready));
        }
    }
}
