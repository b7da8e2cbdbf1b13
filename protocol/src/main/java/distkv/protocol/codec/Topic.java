package distkv.protocol.codec;

import distkv.model.Path;
import distkv.protocol.MsgReader;
import distkv.protocol.MsgType;
import distkv.protocol.ProtocolException;
import java.util.ArrayList;
import java.util.List;

/** Reads the topics of messages: on the wire a path, as an array or as text; in memory the text of each level. */
final class Topic {
    /** The most bytes, as in MQTT. */
    private static final int MAX = 65_535;

    private Topic() {}

    /** Reads the key {@code topic}. A text with slashes is several levels. */
    static List<String> read(MapReader fields) {
        List<String> levels = new ArrayList<>();
        if (fields.has(Key.TOPIC)) {
            MsgReader in = fields.in(Key.TOPIC);
            int from = in.position();
            in.skip();
            if (in.position() - from > MAX) {
                throw new ProtocolException(
                        "topic: " + (in.position() - from) + " bytes (expected: at most " + MAX + ")");
            }
        }
        for (Object element : path(fields).elements()) {
            if (!(element instanceof String || element instanceof Long)) {
                throw fields.wrong(Key.TOPIC, "text or an array of texts");
            }
            levels.addAll(List.of(element.toString().split("/", -1)));
        }
        if (levels.isEmpty()) {
            throw new ProtocolException("topic: empty (expected: at least one level)");
        }
        return List.copyOf(levels);
    }

    private static Path path(MapReader fields) {
        if (!fields.has(Key.TOPIC) || fields.in(Key.TOPIC).next() != MsgType.TEXT) {
            return fields.path(Key.TOPIC);
        }
        try {
            return Path.parse(fields.text(Key.TOPIC));
        } catch (IllegalArgumentException e) {
            throw new ProtocolException("topic: " + e.getMessage());
        }
    }
}
