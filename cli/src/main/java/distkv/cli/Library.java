package distkv.cli;

import distkv.model.Path;

/**
 * Where stored code of one sort is.
 *
 * @param noun what a piece of it is called
 */
record Library(Path prefix, String noun) {
    static Library procedures(Config config) {
        return new Library(config.path("codes.prefix"), "procedure");
    }

    static Library modules(Config config) {
        return new Library(config.path("modules.prefix"), "module");
    }

    /** Where the code of this name is. */
    Path at(Path name) {
        if (name.isRoot()) {
            throw new UsageException("PATH ':' (expected: the name of a " + noun + ", for example demo.scale)");
        }
        return prefix.append(name);
    }
}
