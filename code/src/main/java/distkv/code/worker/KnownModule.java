package distkv.code.worker;

import distkv.model.Path;
import java.util.List;

/**
 * A stored module in Java, as the runner has told of it.
 *
 * @param requires what must be stored for it to be used
 */
record KnownModule(Path path, long version, String source, List<Path> requires) {}
