package distkv.access;

import distkv.model.Path;
import distkv.protocol.Values;
import distkv.schema.BadEntry;
import distkv.schema.Fields;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A role that somebody has.
 *
 * @param role its name
 * @param within the role counts at this path and below it
 */
public record Grant(String role, Path within) {
    private static final String ROLE = "role";
    private static final String PATH = "path";

    public Grant(String role) {
        this(role, Path.ROOT);
    }

    /** Reads a list of {@code {role: …, path: …}}. */
    static List<Grant> read(String key, @Nullable Object found) throws BadEntry {
        if (!(found instanceof List<?> list)) {
            throw new BadEntry(key, found, "a list of roles");
        }
        List<Grant> grants = new ArrayList<>();
        for (Object one : list) {
            Fields fields = Fields.of("role", Values.encode(one));
            String role = fields.text(ROLE);
            if (role == null) {
                throw new BadEntry(ROLE, null, "the name of a role");
            }
            Path path = fields.path(PATH);
            grants.add(new Grant(role, path == null ? Path.ROOT : path));
        }
        return grants;
    }

    Map<String, Object> encode() {
        return within.isRoot() ? Map.of(ROLE, role) : Map.of(ROLE, role, PATH, within);
    }

    /** As {@code editor within room}. */
    @Override
    public String toString() {
        return within.isRoot() ? role : role + " within " + within;
    }
}
