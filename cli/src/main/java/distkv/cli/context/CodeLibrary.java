package distkv.cli.context;

import distkv.cli.config.Config;
import distkv.cli.input.UsageException;
import distkv.model.Path;
import distkv.schema.code.CodeId;
import java.util.Locale;

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

    /** The piece of code of this name. */
    public CodeId id(Path name) {
        return new CodeId(CodeId.Sort.valueOf(noun.toUpperCase(Locale.ROOT)), name);
    }

    /** Where the code of this name is. */
    public Path at(Path name) {
        if (name.isRoot()) {
            throw new UsageException("PATH ':' (expected: the name of a " + noun + ", for example demo.scale)");
        }
        return prefix.append(name);
    }
}
