package distkv.code.compile;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A stored Java procedure.
 *
 * @param name what it is called, as in {@code demo.scale}
 * @param vars what must be supplied, in the order in which positional arguments fill it; parameters without a default
 *     that are not among them come after them
 * @param defaults values of variables that nobody supplies
 */
public record ProcedureDefinition(String name, String source, List<String> vars, Map<String, @Nullable Object> defaults) {
    public ProcedureDefinition {
        vars = List.copyOf(vars);
        defaults = Collections.unmodifiableMap(new LinkedHashMap<>(defaults));
    }
}
