package distkv.schema.group;

import java.util.List;

/** The topic of what the jobs of a group log: those who follow it hear it from all nodes. */
public final class LogTopic {
    private LogTopic() {}

    public static List<String> of(String group) {
        return List.of(":log", group);
    }
}
