package distkv.schema;

import distkv.model.Path;

/** Where in the tree things are. Each of them can be configured. */
public record Prefixes(
        Path codes, Path modules, Path errors, Path runs, Path states, Path claims, Path presence, Path groups) {

    /** The places that are used if nothing else is configured. */
    public static final Prefixes DEFAULT = new Prefixes(
            Path.of(".distkv", "code", "proc"),
            Path.of(".distkv", "code", "module"),
            Path.of(".distkv", "error"),
            Path.of(".distkv", "run"),
            Path.of(".distkv", "state"),
            Path.of(".distkv", "claim"),
            Path.of(".distkv", "presence"),
            Path.of(".distkv", "group"));

    /** Whether an entry belongs to a runner that lives: its presence, or a claim. It ends with it. */
    public boolean isTransient(Path path) {
        return path.startsWith(presence) || path.startsWith(claims);
    }
}
