package distkv.schema;

import distkv.model.Path;
import distkv.model.PathSyntaxException;
import distkv.model.Value;
import distkv.protocol.Values;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Reads the keys of an entry's map; what is not as expected is a {@link BadEntry} that names the key. */
public final class Fields {
    private final Map<?, ?> map;

    private Fields(Map<?, ?> map) {
        this.map = map;
    }

    /** The fields of an entry; {@code what} names it in the message if it is no map. */
    public static Fields of(String what, Value value) throws BadEntry {
        Object decoded;
        try {
            decoded = Values.decode(value);
        } catch (RuntimeException e) {
            throw new BadEntry(what + ": " + e.getMessage());
        }
        if (decoded instanceof Map<?, ?> map) {
            return new Fields(map);
        }
        throw new BadEntry(what, decoded, "a map");
    }

    public boolean has(String key) {
        return map.containsKey(key);
    }

    /** What is there, of whatever type. */
    public @Nullable Object raw(String key) {
        return map.get(key);
    }

    /** A finite number that is {@code least} or more; {@code missing} if there is none or nil. */
    public double number(String key, double missing, double least) throws BadEntry {
        Object found = map.get(key);
        if (found == null) {
            return missing;
        }
        if (found instanceof Number number && number.doubleValue() >= least && Double.isFinite(number.doubleValue())) {
            return number.doubleValue();
        }
        throw new BadEntry(key, found, "a number, " + trim(least) + " or more");
    }

    /** True or false; false if there is none or nil. */
    public boolean flag(String key) throws BadEntry {
        Object found = map.get(key);
        if (found == null || found instanceof Boolean) {
            return Boolean.TRUE.equals(found);
        }
        throw new BadEntry(key, found, "true or false");
    }

    /** One of these words; the first if there is none or nil. */
    public String choice(String key, List<String> words) throws BadEntry {
        Object found = map.get(key);
        if (found == null) {
            return words.getFirst();
        }
        if (found instanceof String word && words.contains(word)) {
            return word;
        }
        throw new BadEntry(key, found, String.join(" or ", words));
    }

    /** A path: as such, as a list of its elements, or as text; {@code null} if there is none, or an empty one. */
    public @Nullable Path path(String key) throws BadEntry {
        Path path = path(key, map.get(key), "a path");
        return path.isRoot() ? null : path;
    }

    /** A list of paths, each as such, as a list of its elements, or as text; empty if there is none or nil. */
    public List<Path> paths(String key) throws BadEntry {
        Object found = map.get(key);
        List<Path> paths = new ArrayList<>();
        if (found instanceof List<?> given) {
            for (Object element : given) {
                Path path = path(key, element, "a list of paths");
                if (path.isRoot()) {
                    throw new BadEntry(key, element, "a list of paths, none of them empty");
                }
                paths.add(path);
            }
        } else if (found != null) {
            throw new BadEntry(key, found, "a list of paths");
        }
        return paths;
    }

    private static Path path(String key, @Nullable Object found, String expected) throws BadEntry {
        try {
            return switch (found) {
                case null -> Path.ROOT;
                case Path given -> given;
                case List<?> elements -> Path.of(elements);
                case String text -> text.isEmpty() ? Path.ROOT : Path.parse(text);
                default -> throw new BadEntry(key, found, expected);
            };
        } catch (PathSyntaxException e) {
            throw new BadEntry(key + ": " + e.getMessage());
        } catch (IllegalArgumentException e) {
            throw new BadEntry(key, found, expected);
        }
    }

    /** A text; {@code null} if there is none or nil. */
    public @Nullable String text(String key) throws BadEntry {
        Object found = map.get(key);
        if (found == null || found instanceof String) {
            return (String) found;
        }
        throw new BadEntry(key, found, "text");
    }

    /** A map whose keys are names; empty if there is none or nil. */
    public Map<String, @Nullable Object> names(String key) throws BadEntry {
        Object found = map.get(key);
        Map<String, @Nullable Object> names = new LinkedHashMap<>();
        if (found instanceof Map<?, ?> given) {
            for (Map.Entry<?, ?> entry : given.entrySet()) {
                if (!(entry.getKey() instanceof String name)) {
                    throw new BadEntry(key, entry.getKey(), "names that are text");
                }
                names.put(name, entry.getValue());
            }
        } else if (found != null) {
            throw new BadEntry(key, found, "a map");
        }
        return names;
    }

    /** A list of texts; empty if there is none or nil. */
    public List<String> texts(String key) throws BadEntry {
        Object found = map.get(key);
        List<String> texts = new ArrayList<>();
        if (found instanceof List<?> given) {
            for (Object element : given) {
                if (!(element instanceof String text)) {
                    throw new BadEntry(key, element, "a list of texts");
                }
                texts.add(text);
            }
        } else if (found != null) {
            throw new BadEntry(key, found, "a list of texts");
        }
        return texts;
    }

    private static String trim(double number) {
        return number == Math.rint(number) ? Long.toString((long) number) : Double.toString(number);
    }
}
