package distkv.server.session;

import distkv.model.Bytes;
import distkv.model.Value;
import distkv.protocol.ProtocolException;
import distkv.protocol.Request;
import distkv.protocol.Values;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Makes messages of what clients send. */
final class Messages {
    /** Deeper data would make the message that carries it too deep for a client. */
    private static final int MAX_DEPTH = 48;

    private Messages() {}

    static Hub.Message of(List<String> topic, Request.MsgSend request) {
        Value data = request.data();
        Bytes raw = request.raw();
        if (data != null) {
            return new Hub.Message(topic, data, new Bytes(data.bytes()));
        }
        Bytes bytes = raw == null ? new Bytes(new byte[0]) : raw;
        Value value = new Value(bytes.array());
        return new Hub.Message(topic, isSound(value) ? value : null, bytes);
    }

    /** Whether bytes that somebody sent are one MsgPack value. */
    private static boolean isSound(Value value) {
        try {
            return depth(Values.decode(value)) <= MAX_DEPTH;
        } catch (ProtocolException e) {
            return false;
        }
    }

    private static int depth(@Nullable Object object) {
        return switch (object) {
            case List<?> list ->
                1 + list.stream().mapToInt(Messages::depth).max().orElse(0);
            case Map<?, ?> map ->
                1
                        + Math.max(
                                map.keySet().stream()
                                        .mapToInt(Messages::depth)
                                        .max()
                                        .orElse(0),
                                map.values().stream()
                                        .mapToInt(Messages::depth)
                                        .max()
                                        .orElse(0));
            case null, default -> 0;
        };
    }
}
