package distkv.worker;

import distkv.model.Path;
import java.util.List;

/**
 * A stored Java module, as the runner has described it.
 *
 * @param requires the modules that it needs
 */
record KnownModule(Path path, long version, String source, List<Path> requires) {}
