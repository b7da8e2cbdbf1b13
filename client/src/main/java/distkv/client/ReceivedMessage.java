package distkv.client;

import distkv.model.Bytes;
import distkv.model.Value;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A message of another client.
 *
 * @param data {@code null} if it was no MsgPack, and so is {@code raw}
 */
public record ReceivedMessage(
        List<String> topic, @Nullable Value data, @Nullable Bytes raw) {}
