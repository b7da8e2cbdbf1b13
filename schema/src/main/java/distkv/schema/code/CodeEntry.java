package distkv.schema.code;

import distkv.model.Path;
import java.util.Map;

/** What is at the path that a job's {@code code} points to. */
public sealed interface CodeEntry {
    /**
     * A procedure.
     *
     * @param needs all that it requires, directly or not, in the order in which it is to be loaded, with the versions
     *     that are stored now
     */
    record Found(Procedure procedure, Map<CodeId, Long> needs) implements CodeEntry {
        /** A procedure that requires nothing. */
        public Found(Procedure procedure) {
            this(procedure, Map.of());
        }
    }

    /** Nothing. */
    record Missing(Path path) implements CodeEntry {}

    /** An entry that is no procedure, or one whose requirements cannot be met. */
    record Broken(Path path, String why) implements CodeEntry {}
}
