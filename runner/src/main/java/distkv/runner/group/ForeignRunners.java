package distkv.runner.group;

import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The runners of the original that serve this group, as far as their heartbeats are heard. They do not know claims, so
 * a job that both kinds of runner serve would run twice. Used by the decision thread only.
 */
public final class ForeignRunners {
    /**
     * The longest time between two heartbeats unless they say otherwise, in seconds: a cycle of 20 s and two and a half
     * gaps.
     */
    private static final double PAUSE = 20 + 2.5 * 1.5;
    /** How many heartbeats must be missing until a runner counts as gone: it leaves without notice. */
    private static final int MISSING = 3;
    /** The longest pause that is believed, in seconds. */
    private static final double LONGEST = 3_600;

    private final String group;
    private final Map<String, Heard> heard = new HashMap<>();
    private String last = "";
    private boolean told;

    private record Heard(double timeout, double until) {}

    public ForeignRunners(String group) {
        this.group = group;
    }

    /** A heartbeat was heard on that topic. */
    public void heard(String topic, Heartbeat heartbeat, double now) {
        Heard before = heard.get(topic);
        double timeout = before == null ? MISSING * PAUSE : before.timeout();
        if (heartbeat.pause() > 0) {
            timeout = MISSING * Math.min(heartbeat.pause(), LONGEST);
        }
        heard.put(topic, new Heard(timeout, now + timeout));
        last = "node " + heartbeat.node() + ", heard on the topic " + topic;
    }

    /** Whether there are any: then this runner starts nothing. */
    public boolean arePresent(double now) {
        return now < until();
    }

    /** When they count as gone unless another heartbeat is heard; infinite if there are none. */
    public double next(double now) {
        return arePresent(now) ? until() : Double.POSITIVE_INFINITY;
    }

    private double until() {
        double until = Double.NEGATIVE_INFINITY;
        for (Heard each : heard.values()) {
            until = Math.max(until, each.until());
        }
        return until;
    }

    /** What to tell the user: once when the first of them is heard, and once when all are gone. */
    public @Nullable String news(double now) {
        boolean present = arePresent(now);
        String news = null;
        if (present && !told) {
            news = "the group " + group + " is also served by a runner of the original (" + last + "), which does"
                    + " not know claims: starting nothing until it has been silent for a while (expected: one kind of"
                    + " runner in a group); stop it, or use another group (-g)";
        } else if (!present && told) {
            news = "no runner of the original is heard in the group " + group + " any more: starting jobs again";
        }
        told = present;
        return news;
    }
}
