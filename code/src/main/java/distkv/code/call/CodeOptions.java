package distkv.code.call;

import distkv.schema.Prefixes;
import distkv.schema.code.Catalog;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Where stored code is, and how it is called.
 *
 * @param prefixes the prefixes of stored code, jobs, states and errors
 * @param python the interpreter for Python procedures, with its options; it needs the package {@code distkv}
 * @param environment variables added to the interpreter's environment, for example {@code PYTHONPATH}
 * @param pythons how many Python procedures may run at the same time, each in a process of its own
 * @param config what Python procedures see as {@code _cfg}, merged over its defaults
 * @param judge says which code is not to be called or imported here
 */
public record CodeOptions(
        Prefixes prefixes,
        List<String> python,
        Map<String, String> environment,
        int pythons,
        Map<String, ?> config,
        Catalog.Judge judge) {
    /** All code may be called. */
    public CodeOptions(
            Prefixes prefixes,
            List<String> python,
            Map<String, String> environment,
            int pythons,
            Map<String, ?> config) {
        this(prefixes, python, environment, pythons, config, (piece, entry) -> null);
    }

    public CodeOptions {
        python = List.copyOf(python);
        environment = Map.copyOf(environment);
        config = Collections.unmodifiableMap(new LinkedHashMap<>(config));
        if (pythons < 1) {
            throw new IllegalArgumentException("pythons: " + pythons + " (expected: 1 or more)");
        }
    }

    /** The default prefixes, and {@code python3}. */
    public static CodeOptions defaults() {
        return new CodeOptions(
                Prefixes.DEFAULT,
                List.of("python3"),
                Map.of(),
                Math.max(2, Runtime.getRuntime().availableProcessors()),
                Map.of());
    }

    /** The same options with another interpreter. */
    public CodeOptions withPython(List<String> command, Map<String, String> added) {
        return new CodeOptions(prefixes, command, added, pythons, config, judge);
    }
}
