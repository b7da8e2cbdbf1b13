package distkv.code.call;

import distkv.model.Path;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Where stored code is, and what calls it.
 *
 * @param procedures where procedures are
 * @param modules where modules are
 * @param errors where runners record errors
 * @param runs where job entries are
 * @param states where runners keep what became of jobs
 * @param python the interpreter for procedures in Python, and its options; it needs the package {@code distkv}
 * @param environment what is added to its environment, e.g. {@code PYTHONPATH}
 * @param pythons how many Python procedures may run at once, each in a process of its own
 * @param config what procedures in Python see as {@code _cfg}, over its defaults
 */
public record CodeOptions(
        Path procedures,
        Path modules,
        Path errors,
        Path runs,
        Path states,
        List<String> python,
        Map<String, String> environment,
        int pythons,
        Map<String, ?> config) {
    private static final Path OURS = Path.of(".distkv");

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
                OURS.append(Path.of("code", "proc")),
                OURS.append(Path.of("code", "module")),
                OURS.child("error"),
                OURS.child("run"),
                OURS.child("state"),
                List.of("python3"),
                Map.of(),
                Math.max(2, Runtime.getRuntime().availableProcessors()),
                Map.of());
    }

    /** The same with another interpreter. */
    public CodeOptions withPython(List<String> command, Map<String, String> added) {
        return new CodeOptions(procedures, modules, errors, runs, states, command, added, pythons, config);
    }
}
