package distkv.client;

import distkv.model.Bytes;
import distkv.model.Value;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A message of another client.
 *
 * @param data the decoded message; {@code null}: it is not MsgPack
 * @param raw the bytes of a message that is not MsgPack; otherwise {@code null}
 */
public record ReceivedMessage(
        List<String> topic, @Nullable Value data, @Nullable Bytes raw) {}
