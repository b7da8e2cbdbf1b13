package distkv.worker;

import distkv.model.Path;
import java.util.List;
import java.util.stream.Collectors;

/**
 * A stored module in Java, as the runner has told of it.
 *
 * @param requires what must be stored for it to be used
 */
record KnownModule(Path path, long version, String source, List<Path> requires) {
    /** What code calls the module at this path. */
    static String name(Path path) {
        return path.elements().stream().map(String::valueOf).collect(Collectors.joining("."));
    }
}
