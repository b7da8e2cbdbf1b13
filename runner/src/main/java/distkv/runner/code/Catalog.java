package distkv.runner.code;

import distkv.model.Entry;
import distkv.model.Path;
import distkv.model.Value;
import java.util.HashMap;
import java.util.Map;

/** All procedures, kept up to date from the feed of the code prefix. Used by the decision thread only. */
public final class Catalog {
    private record Known(long tick, Code code) {}

    private final Map<Path, Known> procedures = new HashMap<>();

    /**
     * Takes in a change.
     *
     * @param path the procedure's name: the entry's path below the prefix
     * @return whether it is news; false for what was known already
     */
    public boolean apply(Path path, Entry entry) {
        Value value = entry.value();
        if (value == null) {
            return procedures.remove(path) != null;
        }
        Known known = procedures.get(path);
        if (known != null && known.tick() == entry.tick()) {
            return false;
        }
        procedures.put(path, new Known(entry.tick(), read(path, value)));
        return true;
    }

    /** What is at this path now. */
    public Code find(Path path) {
        Known known = procedures.get(path);
        return known == null ? new Code.Missing(path) : known.code();
    }

    private static Code read(Path path, Value value) {
        try {
            return new Code.Found(Procedure.read(path, value));
        } catch (BadEntry e) {
            return new Code.Broken(path, e.getMessage());
        }
    }
}
