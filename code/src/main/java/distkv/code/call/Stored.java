package distkv.code.call;

import distkv.code.CompileException;
import distkv.code.compile.ProcedureDefinition;
import distkv.model.Entry;
import distkv.model.Path;
import distkv.model.Value;
import distkv.protocol.Values;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** A procedure as it is stored, by its language. */
sealed interface Stored {
    /** What it requires of other stored code. */
    List<Path> requires();

    /** One in Java. */
    record InJava(ProcedureDefinition definition, List<Path> requires) implements Stored {}

    /**
     * One in Python.
     *
     * @param tick which version of it
     * @param mode how it runs, a word of the worker protocol
     */
    record InPython(
            String name,
            long tick,
            String source,
            String mode,
            List<String> vars,
            Map<String, @Nullable Object> defaults,
            List<Path> requires)
            implements Stored {}

    /** Reads an entry. @throws CompileException if it is no procedure */
    static Stored read(Path path, Entry entry) {
        String name = name(path);
        Value value = entry.value();
        if (value == null || !(Values.decode(value) instanceof Map<?, ?> map)) {
            throw new CompileException(name, 0, "no map is stored there (expected: a map with 'code')");
        } else if (!(map.get("code") instanceof String source)) {
            throw bad(name, "code", map.get("code"), "text");
        } else {
            List<String> vars = vars(name, map.get("vars"));
            Map<String, @Nullable Object> defaults = defaults(name, map.get("default"));
            List<Path> requires = requires(name, map.get("requires"));
            Object language = map.get("language");
            if ("java".equals(language)) {
                return new InJava(new ProcedureDefinition(name, source, vars, defaults), requires);
            } else if (language == null || language.equals("python")) {
                return new InPython(name, entry.tick(), source, mode(name, map), vars, defaults, requires);
            }
            throw bad(name, "language", language, "python or java");
        }
    }

    /** What a procedure or module at this path is called: {@code demo.scale}. */
    static String name(Path path) {
        return path.elements().stream().map(String::valueOf).collect(Collectors.joining("."));
    }

    private static String mode(String name, Map<?, ?> map) {
        return switch (map.get("is_async")) {
            case null -> "sync";
            case Boolean async -> async ? "async" : "thread";
            case Object other -> throw bad(name, "is_async", other, "true, false or nil");
        };
    }

    private static List<String> vars(String name, @Nullable Object found) {
        List<String> vars = new ArrayList<>();
        if (found instanceof List<?> given) {
            given.forEach(one -> vars.add(String.valueOf(one)));
        } else if (found != null) {
            throw bad(name, "vars", found, "a list of names");
        }
        return vars;
    }

    private static Map<String, @Nullable Object> defaults(String name, @Nullable Object found) {
        Map<String, @Nullable Object> defaults = new LinkedHashMap<>();
        if (found instanceof Map<?, ?> given) {
            given.forEach((key, value) -> defaults.put(String.valueOf(key), value));
        } else if (found != null) {
            throw bad(name, "default", found, "a map");
        }
        return defaults;
    }

    /** Reads what a procedure or module requires: paths, each as such, as a list of its elements, or as text. */
    static List<Path> requires(String name, @Nullable Object found) {
        List<Path> paths = new ArrayList<>();
        if (found instanceof List<?> given) {
            given.forEach(one -> paths.add(required(name, one)));
        } else if (found != null) {
            throw bad(name, "requires", found, "a list of paths");
        }
        return paths;
    }

    private static Path required(String name, @Nullable Object one) {
        try {
            Path path = switch (one) {
                case Path given -> given;
                case List<?> elements -> Path.of(elements);
                case String text -> Path.parse(text);
                case null, default -> Path.ROOT;
            };
            if (!path.isRoot()) {
                return path;
            }
        } catch (IllegalArgumentException e) {
            // It is as wrong as any other value.
        }
        throw bad(name, "requires", one, "a list of paths, none of them empty");
    }

    private static CompileException bad(String name, String key, @Nullable Object found, String expected) {
        return new CompileException(name, 0, key + ": " + found + " (expected: " + expected + ")");
    }
}
