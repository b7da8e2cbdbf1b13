package distkv.cli.ops;

import distkv.cli.input.EntryFile;
import distkv.cli.input.FailedException;
import distkv.model.Nil;
import distkv.model.Path;
import distkv.model.Value;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * What a server of the original has saved: the file of {@code distkv client log save}, with {@code --full} or without,
 * or of {@code log dest}, of DistKV 0.65 or moat-kv 0.71. It is an {@link EntryFile} with the server's state as a map of
 * its own at the beginning and now and then, shortened paths, and in a log the changes that came later.
 *
 * @param entries what is there in the end, in the order of the file; {@code null} is what a log says was deleted
 * @param internal the paths of its internal tree, below the top
 */
record OriginalSaveFile(Map<Path, @Nullable Value> entries, Set<Path> internal) {
    private static final Path INTERNAL = Path.of(Nil.NIL);

    /** The keys of a server's state, each of which may be left out. */
    private static final Set<String> STATE = Set.of(
            "nodes", "known", "superseded", "deleted", "present", "missing", "remote_missing", "node", "tock", "info");

    /** Reads the whole file; one that is damaged, truncated or of another kind is refused. */
    static OriginalSaveFile read(java.nio.file.Path file) {
        Map<Path, @Nullable Value> entries = new LinkedHashMap<>();
        Map<Path, Long> tocks = new LinkedHashMap<>();
        Map<Path, Boolean> internal = new LinkedHashMap<>();
        try (EntryFile items = new EntryFile(file)) {
            long count = 0;
            for (EntryFile.Item item = items.next(); item != null; item = items.next()) {
                count++;
                Path path = item.path();
                if (path == null) {
                    checkState(file, count, item);
                    continue;
                }
                checkEntry(file, count, item);
                // A change that was overtaken by a later one from another server comes after it in a log.
                long tock = item.rest().get("tock") instanceof Long number ? number : Long.MAX_VALUE;
                Long known = tocks.put(path, tock);
                if (known != null && known > tock) {
                    tocks.put(path, known);
                } else if (path.startsWith(INTERNAL)) {
                    internal.put(path.below(INTERNAL), item.value() != null);
                } else {
                    entries.put(path, item.value());
                }
            }
            if (count == 0) {
                throw other(file, "it is empty");
            }
        }
        internal.values().removeIf(present -> !present);
        return new OriginalSaveFile(entries, internal.keySet());
    }

    private static void checkState(java.nio.file.Path file, long count, EntryFile.Item item) {
        Set<String> keys = item.rest().keySet();
        if (keys.contains("backup")) {
            throw new FailedException(
                            file + " is a backup of our own (expected: a file that a server of the original has saved)")
                    .withHint("use 'distkv restore'");
        }
        if (item.value() != null || keys.isEmpty() || !STATE.containsAll(keys)) {
            throw other(file, "item " + count + " is a map of " + (keys.isEmpty() ? "nothing" : keys));
        }
    }

    private static void checkEntry(java.nio.file.Path file, long count, EntryFile.Item item) {
        Map<String, ?> rest = item.rest();
        boolean dated = rest.get("chain") instanceof Map<?, ?> || rest.containsKey("tick");
        if (!(rest.get("depth") instanceof Long) || !dated) {
            throw other(file, "item " + count + ", " + item.path() + ", has no depth or no chain");
        }
    }

    private static FailedException other(java.nio.file.Path file, String why) {
        return new FailedException(file + " is not a file of the original: " + why
                + " (expected: one that 'distkv client log save' or 'log dest' of DistKV 0.65 or moat-kv 0.71 wrote)");
    }
}
