package distkv.server.message;

import distkv.model.Bytes;
import distkv.model.Value;
import distkv.protocol.Request;
import distkv.protocol.Values;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A message of one client to all that monitor its topic.
 *
 * @param data the message as a value; {@code null} if its bytes are not MsgPack
 */
public record TopicMessage(List<String> topic, @Nullable Value data, Bytes raw) {
    /** Deeper data would make the message that carries it too deep for a client. */
    private static final int MAX_DEPTH = 48;

    /** The message that a client sends. */
    public static TopicMessage of(List<String> topic, Request.MsgSend request) {
        Value data = request.data();
        Bytes raw = request.raw();
        if (data != null) {
            return new TopicMessage(topic, data, new Bytes(data.bytes()));
        }
        Bytes bytes = raw == null ? new Bytes(new byte[0]) : raw;
        Value value = new Value(bytes.array());
        return new TopicMessage(topic, Values.isSound(value, MAX_DEPTH) ? value : null, bytes);
    }

    /** How many bytes it has. */
    public int size() {
        return raw.array().length;
    }
}
