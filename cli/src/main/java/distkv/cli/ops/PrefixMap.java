package distkv.cli.ops;

import distkv.cli.config.Config;
import distkv.cli.config.ConfigKey;
import distkv.model.Path;
import distkv.model.Value;
import distkv.protocol.Values;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Moves subtrees: the paths of their entries, and paths within values that lead there, such as that of an error's job.
 *
 * @param moves from where to where; the longest match counts
 */
record PrefixMap(Map<Path, Path> moves) {
    private static final Path MOAT = Path.of(".moat", "kv");

    /** Where moat-kv keeps its own subtrees, and where this configuration has them. */
    static Map<Path, Path> ofMoat(Config config) {
        Map<Path, Path> moves = new LinkedHashMap<>();
        for (ConfigKey key : ConfigKey.ALL) {
            Path place = key.moatPlace();
            if (place != null) {
                moves.put(place, config.path(key.name()));
            }
        }
        return moves;
    }

    /** Whether a path is moat-kv's own. */
    static boolean isMoat(Path path) {
        return path.startsWith(MOAT);
    }

    Path path(Path path) {
        Path best = null;
        for (Path from : moves.keySet()) {
            if (path.startsWith(from) && (best == null || from.length() > best.length())) {
                best = from;
            }
        }
        return best == null ? path : moves.getOrDefault(best, best).append(path.below(best));
    }

    /** The same value if no path within it leads to a subtree that moves. */
    @SuppressWarnings("ReferenceEquality")
    Value value(Value value) {
        if (moves.isEmpty()) {
            return value;
        }
        Object old = Values.decode(value);
        Object moved = moved(old);
        return moved == old ? value : Values.encode(moved);
    }

    /** The very same object if nothing in it moves. */
    @SuppressWarnings("ReferenceEquality")
    private @Nullable Object moved(@Nullable Object value) {
        return switch (value) {
            case Path path -> {
                Path moved = path(path);
                yield moved.equals(path) ? path : moved;
            }
            case List<?> list -> {
                List<@Nullable Object> moved = new ArrayList<>();
                boolean changed = false;
                for (Object element : list) {
                    Object other = moved(element);
                    changed |= other != element;
                    moved.add(other);
                }
                yield changed ? moved : list;
            }
            case Map<?, ?> map -> {
                Map<@Nullable Object, @Nullable Object> moved = new LinkedHashMap<>();
                boolean changed = false;
                for (Map.Entry<?, ?> entry : map.entrySet()) {
                    Object other = moved(entry.getValue());
                    changed |= other != entry.getValue();
                    moved.put(entry.getKey(), other);
                }
                yield changed ? moved : map;
            }
            case null, default -> value;
        };
    }
}
