package distkv.store.engine;

import distkv.model.ChangeBatch;
import distkv.model.Entry;
import distkv.model.Origin;
import distkv.model.WriteId;
import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** One change of a {@link TreeState} that an engine has to write to disk. */
public sealed interface Mutation {
    /**
     * A commit.
     *
     * @param previous for each change the entry that it replaced; {@code null} if there was none
     * @param id the request that it was made for, if there was one
     * @param origin who made it and why, if somebody said so
     */
    record Changed(
            ChangeBatch batch,
            List<@Nullable Entry> previous,
            @Nullable WriteId id,
            @Nullable Origin origin) implements Mutation {}

    record Granted(long lease, Duration ttl) implements Mutation {}

    record Ended(long lease, Duration ttl) implements Mutation {}

    /** Something that is kept beside the tree. */
    record Noted(String name, String value) implements Mutation {}
}
