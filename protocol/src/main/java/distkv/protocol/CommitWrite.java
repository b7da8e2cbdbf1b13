package distkv.protocol;

import distkv.model.Path;
import distkv.model.Value;
import org.jspecify.annotations.Nullable;

/**
 * One write of a commit.
 *
 * @param value {@code null} deletes the entry
 * @param session whether the entry is to live and die with the connection's session
 */
public record CommitWrite(Path path, @Nullable Value value, ChainCondition chain, boolean session) {}
