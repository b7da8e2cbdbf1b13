package distkv.server.session;

import distkv.model.Bytes;
import distkv.model.Value;
import distkv.protocol.Request;
import distkv.protocol.Values;
import java.util.List;

/** Makes messages of what clients send. */
final class Messages {
    /** Deeper data would make the message that carries it too deep for a client. */
    private static final int MAX_DEPTH = 48;

    private Messages() {}

    static MessageHub.Message of(List<String> topic, Request.MsgSend request) {
        Value data = request.data();
        Bytes raw = request.raw();
        if (data != null) {
            return new MessageHub.Message(topic, data, new Bytes(data.bytes()));
        }
        Bytes bytes = raw == null ? new Bytes(new byte[0]) : raw;
        Value value = new Value(bytes.array());
        return new MessageHub.Message(topic, Values.isSound(value, MAX_DEPTH) ? value : null, bytes);
    }
}
