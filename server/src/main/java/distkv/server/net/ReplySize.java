package distkv.server.net;

import distkv.model.Value;
import distkv.protocol.Reply;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** How much memory replies take that nothing else may refer to any more. */
final class ReplySize {
    private ReplySize() {}

    /** The approximate number of bytes in values. */
    static long of(Reply reply) {
        return switch (reply) {
            case Reply.Got got -> size(got.value());
            case Reply.Changed changed -> size(changed.previous());
            case Reply.Removed removed -> size(removed.oldValue());
            case Reply.Item item -> size(item.value());
            case Reply.Result result -> size(result.result());
            case Reply.Message message ->
                size(message.data())
                        + (message.raw() == null ? 0 : message.raw().array().length);
            default -> 0;
        };
    }

    static long of(List<? extends Reply> replies) {
        long bytes = 0;
        for (Reply reply : replies) {
            bytes += of(reply);
        }
        return bytes;
    }

    private static long size(@Nullable Value value) {
        return value == null ? 0 : value.size();
    }
}
