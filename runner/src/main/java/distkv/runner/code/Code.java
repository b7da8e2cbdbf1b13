package distkv.runner.code;

import distkv.model.Path;

/** What is at the path that a job's {@code code} points to. */
public sealed interface Code {
    /** A procedure. */
    record Found(Procedure procedure) implements Code {}

    /** Nothing. */
    record Missing(Path path) implements Code {}

    /** An entry that is no procedure. */
    record Broken(Path path, String why) implements Code {}
}
