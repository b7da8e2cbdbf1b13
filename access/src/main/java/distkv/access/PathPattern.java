package distkv.access;

import distkv.model.Path;
import distkv.model.PathKey;
import distkv.model.PathSyntaxException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Paths, as MQTT names topics: {@code +} stands for one element, {@code #} at the end for any number of them, none
 * included. A path whose element is just {@code +} or {@code #} cannot be named by itself.
 *
 * <p>As {@code #} does not match {@code $SYS} there, a pattern that <em>begins</em> with a wildcard does not match the
 * paths of the system here; see {@link Zones}.
 */
public final class PathPattern {
    /** Everything but the system's paths. */
    public static final PathPattern ALL = parse("#");

    private static final String ONE = "+";
    private static final String REST = "#";
    private static final byte[] ANY = {};

    private final String text;
    /** The key of each element, empty for any: no element has an empty key. */
    private final byte[][] elements;

    private final boolean rest;

    private PathPattern(String text, byte[][] elements, boolean rest) {
        this.text = text;
        this.elements = elements;
        this.rest = rest;
    }

    /**
     * Reads a pattern such as {@code room.+.temp} or {@code room.#}, an otherwise ordinary path.
     *
     * @throws IllegalArgumentException if the path cannot be parsed or {@code #} is not at its end
     */
    public static PathPattern parse(String text) {
        try {
            return of(Path.parse(text));
        } catch (PathSyntaxException e) {
            throw new IllegalArgumentException(
                    "pattern: " + text + ": " + e.getMessage() + " (expected: a path such as room.+.temp or room.#)",
                    e);
        }
    }

    /** The pattern that is written as this path. */
    public static PathPattern of(Path path) {
        List<Object> given = path.elements();
        List<byte[]> elements = new ArrayList<>();
        boolean rest = false;
        for (int i = 0; i < given.size(); i++) {
            Object element = given.get(i);
            if (REST.equals(element)) {
                if (i < given.size() - 1) {
                    throw new IllegalArgumentException("pattern: " + path + " (expected: # only at the end)");
                }
                rest = true;
            } else {
                elements.add(ONE.equals(element) ? ANY : Path.of(element).key());
            }
        }
        return new PathPattern(path.toString(), elements.toArray(new byte[0][]), rest);
    }

    /** The path and all below it. */
    public static PathPattern below(Path top) {
        return of(top.child(REST));
    }

    /** Whether the pattern matches this path. */
    public boolean matches(Path path) {
        int at = afterElements(path.key());
        return at >= 0 && (rest || at == path.key().length);
    }

    /** Whether the pattern matches this path and all below it. */
    public boolean matchesBelow(Path top) {
        return rest && afterElements(top.key()) >= 0;
    }

    /** Whether it matches only what is at a path or below it. */
    boolean isBelow(Path top) {
        byte[] key = top.key();
        int at = 0;
        for (int i = 0; i < elements.length && at < key.length; i++) {
            int end = PathKey.skip(key, at);
            if (elements[i].length == 0 || !Arrays.equals(elements[i], 0, elements[i].length, key, at, end)) {
                return false;
            }
            at = end;
        }
        return at == key.length;
    }

    /** Whether it matches a path, or something below it. */
    boolean reaches(Path top) {
        byte[] key = top.key();
        int at = 0;
        for (int i = 0; i < elements.length && at < key.length; i++) {
            int end = PathKey.skip(key, at);
            if (elements[i].length > 0 && !Arrays.equals(elements[i], 0, elements[i].length, key, at, end)) {
                return false;
            }
            at = end;
        }
        return rest || at == key.length;
    }

    /** Whether the pattern matches all that another one matches. */
    public boolean covers(PathPattern other) {
        if (rest ? other.elements.length < elements.length : other.rest || other.elements.length != elements.length) {
            return false;
        }
        for (int i = 0; i < elements.length; i++) {
            if (elements[i].length > 0 && !Arrays.equals(elements[i], other.elements[i])) {
                return false;
            }
        }
        return true;
    }

    /** Whether it names no first element, so that it does not match the paths of the system. */
    public boolean beginsWithWildcard() {
        return elements.length == 0 ? rest : elements[0].length == 0;
    }

    /** Where the path goes on after all elements of this pattern; -1 if they do not match. */
    private int afterElements(byte[] key) {
        int at = 0;
        for (byte[] element : elements) {
            if (at == key.length) {
                return -1;
            }
            int end = PathKey.skip(key, at);
            if (element.length > 0 && !Arrays.equals(element, 0, element.length, key, at, end)) {
                return -1;
            }
            at = end;
        }
        return at;
    }

    @Override
    public boolean equals(@Nullable Object other) {
        return other instanceof PathPattern pattern && text.equals(pattern.text);
    }

    @Override
    public int hashCode() {
        return text.hashCode();
    }

    /** The pattern as {@link #parse} reads it. */
    @Override
    public String toString() {
        return text;
    }
}
