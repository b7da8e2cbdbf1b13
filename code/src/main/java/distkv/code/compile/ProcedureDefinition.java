package distkv.code.compile;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A Java procedure to compile.
 *
 * @param name the name by which errors refer to it, for example {@code demo.scale}
 * @param vars the required variables, in the order in which positional arguments are assigned; parameters without a
 *     default that are not listed follow them
 * @param defaults the values of variables that the caller does not supply
 */
public record ProcedureDefinition(
        String name, String source, List<String> vars, Map<String, @Nullable Object> defaults) {
    public ProcedureDefinition {
        vars = List.copyOf(vars);
        defaults = Collections.unmodifiableMap(new LinkedHashMap<>(defaults));
    }
}
