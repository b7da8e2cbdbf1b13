package distkv.runner.group;

import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The runners of the original that serve this group, as far as they are heard. They know nothing of our claims, so what
 * both kinds serve would run twice. Used by the decision thread only.
 */
public final class ForeignRunners {
    /** The longest time between two of their messages unless they say, in seconds: a cycle of 20, two and a half gaps. */
    private static final double PAUSE = 20 + 2.5 * 1.5;
    /** How many messages must be missing until they count as gone: their runners leave without a word. */
    private static final int MISSING = 3;
    /** A pause that would never end is not believed, in seconds. */
    private static final double LONGEST = 3_600;

    private final String group;
    private final Map<String, Heard> heard = new HashMap<>();
    private String last = "";
    private boolean told;

    private record Heard(double timeout, double until) {}

    public ForeignRunners(String group) {
        this.group = group;
    }

    /** One of them was heard on that topic. */
    public void heard(String topic, Heartbeat heartbeat, double now) {
        Heard before = heard.get(topic);
        double timeout = before == null ? MISSING * PAUSE : before.timeout();
        if (heartbeat.pause() > 0) {
            timeout = MISSING * Math.min(heartbeat.pause(), LONGEST);
        }
        heard.put(topic, new Heard(timeout, now + timeout));
        last = "node " + heartbeat.node() + ", heard on the topic " + topic;
    }

    /** Whether there are any: then nothing may be begun here. */
    public boolean arePresent(double now) {
        return now < until();
    }

    /** When they count as gone, if nothing more is heard; never if there are none. */
    public double next(double now) {
        return arePresent(now) ? until() : Double.POSITIVE_INFINITY;
    }

    private double until() {
        return heard.values().stream().mapToDouble(Heard::until).max().orElse(Double.NEGATIVE_INFINITY);
    }

    /** What people should know, once when the first is heard, and once when they are gone. */
    public @Nullable String news(double now) {
        boolean present = arePresent(now);
        String news = null;
        if (present && !told) {
            news = "the group " + group + " is served by a runner of the original, too (" + last + "), which knows"
                    + " nothing of our claims: nothing is begun here until it has been silent for a while (expected:"
                    + " one kind of runner in a group): stop it, or use another group (-g)";
        } else if (!present && told) {
            news = "no runner of the original is heard in the group " + group + " any more: jobs are begun again";
        }
        told = present;
        return news;
    }
}
