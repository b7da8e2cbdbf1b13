package distkv.server.session;

import distkv.model.Value;
import distkv.protocol.Reply;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** What replies hold in memory that nobody else may hold any more. */
final class ReplySize {
    private ReplySize() {}

    /** About how many bytes of values that are. */
    static long by(Reply reply) {
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

    static long by(List<? extends Reply> replies) {
        long bytes = 0;
        for (Reply reply : replies) {
            bytes += by(reply);
        }
        return bytes;
    }

    private static long size(@Nullable Value value) {
        return value == null ? 0 : value.size();
    }
}
