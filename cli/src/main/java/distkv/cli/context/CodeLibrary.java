package distkv.cli.context;

import distkv.cli.config.Config;
import distkv.cli.input.UsageException;
import distkv.model.Path;

/**
 * Where procedures, or modules, are stored.
 *
 * @param noun {@code procedure} or {@code module}
 */
public record CodeLibrary(Path prefix, String noun) {
    public static CodeLibrary procedures(Config config) {
        return new CodeLibrary(config.prefixes().codes(), "procedure");
    }

    public static CodeLibrary modules(Config config) {
        return new CodeLibrary(config.prefixes().modules(), "module");
    }

    /** Where the code of this name is. */
    public Path at(Path name) {
        if (name.isRoot()) {
            throw new UsageException("PATH ':' (expected: the name of a " + noun + ", for example demo.scale)");
        }
        return prefix.append(name);
    }
}
