package distkv.code.call;

import distkv.schema.Prefixes;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Where stored code is, and what calls it.
 *
 * @param prefixes where stored code, jobs, their states and errors are
 * @param python the interpreter for procedures in Python, and its options; it needs the package {@code distkv}
 * @param environment what is added to its environment, e.g. {@code PYTHONPATH}
 * @param pythons how many Python procedures may run at once, each in a process of its own
 * @param config what procedures in Python see as {@code _cfg}, over its defaults
 */
public record CodeOptions(
        Prefixes prefixes, List<String> python, Map<String, String> environment, int pythons, Map<String, ?> config) {
    public CodeOptions {
        python = List.copyOf(python);
        environment = Map.copyOf(environment);
        config = Collections.unmodifiableMap(new LinkedHashMap<>(config));
        if (pythons < 1) {
            throw new IllegalArgumentException("pythons: " + pythons + " (expected: 1 or more)");
        }
    }

    /** Everything where it is unless a configuration says otherwise, and {@code python3}. */
    public static CodeOptions defaults() {
        return new CodeOptions(
                Prefixes.DEFAULT,
                List.of("python3"),
                Map.of(),
                Math.max(2, Runtime.getRuntime().availableProcessors()),
                Map.of());
    }

    /** The same with another interpreter. */
    public CodeOptions withPython(List<String> command, Map<String, String> added) {
        return new CodeOptions(prefixes, command, added, pythons, config);
    }
}
