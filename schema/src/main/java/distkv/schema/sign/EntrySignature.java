package distkv.schema.sign;

import distkv.model.Bytes;
import distkv.model.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The field {@value #FIELD} of a signed entry.
 *
 * @param key the id of the key
 * @param revision a number that only grows from one signature of the same name to the next
 * @param name the path that it was signed for, which tells one that was moved from one that was altered
 * @param bytes the signature itself
 */
record EntrySignature(String key, long revision, Path name, Bytes bytes) {
    static final String FIELD = "signature";

    /** The version of the encoding that is signed ({@link SignedContent#message}). */
    static final long VERSION = 1;

    private static final Set<String> FIELDS = Set.of("version", "key", "revision", "path", "bytes");

    /** Reads the field; {@code null} if it is not exactly what {@link #encode} makes. */
    static @Nullable EntrySignature read(@Nullable Object found) {
        if (found instanceof Map<?, ?> map
                && map.keySet().equals(FIELDS)
                && map.get("version") instanceof Long version
                && version == VERSION
                && map.get("key") instanceof String key
                && map.get("revision") instanceof Long revision
                && revision >= 0
                && map.get("path") instanceof Path path
                && map.get("bytes") instanceof byte[] bytes) {
            return new EntrySignature(key, revision, path, new Bytes(bytes));
        }
        return null;
    }

    Map<String, Object> encode() {
        Map<String, Object> map = new LinkedHashMap<>();
        map.put("version", VERSION);
        map.put("key", key);
        map.put("revision", revision);
        map.put("path", name);
        map.put("bytes", bytes.array());
        return map;
    }
}
