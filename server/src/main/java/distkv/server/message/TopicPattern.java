package distkv.server.message;

import java.util.ArrayList;
import java.util.List;

/** Topics of messages as in MQTT: levels of text. In a pattern {@code +} matches any level and {@code #} any rest. */
public final class TopicPattern {
    private static final String ANY = "+";
    private static final String REST = "#";

    private TopicPattern() {}

    /** A topic that starts with a colon is below the server's own root. */
    public static List<String> rooted(List<String> root, List<String> topic) {
        if (!topic.getFirst().startsWith(":")) {
            return topic;
        }
        List<String> rooted = new ArrayList<>(root);
        rooted.addAll(topic);
        return List.copyOf(rooted);
    }

    public static boolean isPattern(List<String> topic) {
        return topic.contains(ANY) || topic.contains(REST);
    }

    /** Whether {@code #}, if there is one, is the last level. */
    public static boolean isValid(List<String> pattern) {
        int rest = pattern.indexOf(REST);
        return rest < 0 || rest == pattern.size() - 1;
    }

    static boolean match(List<String> pattern, List<String> topic) {
        for (int level = 0; level < pattern.size(); level++) {
            String wanted = pattern.get(level);
            if (wanted.equals(REST)) {
                return true;
            }
            if (level == topic.size() || !(wanted.equals(ANY) || wanted.equals(topic.get(level)))) {
                return false;
            }
        }
        return pattern.size() == topic.size();
    }
}
