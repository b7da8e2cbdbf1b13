package distkv.protocol;

import distkv.model.Path;
import distkv.model.Value;
import org.jspecify.annotations.Nullable;

/**
 * One write of a commit.
 *
 * @param value {@code null} deletes the entry
 * @param session whether to bind the entry to the connection's session
 */
public record CommitWrite(Path path, @Nullable Value value, ChainCondition chain, boolean session) {}
