package distkv.cli.data;

import distkv.cli.context.Printer;
import distkv.cli.context.TreeClient;
import distkv.cli.format.NestedMaps;
import distkv.cli.options.SubtreeOptions;
import distkv.client.AuthoredEntry;
import distkv.model.Entry;
import distkv.model.Path;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * Prints a subtree: a list of single pairs, or maps in maps.
 *
 * @param by whether who wrote an entry is printed beside its value
 */
record SubtreePrinter(TreeClient tree, Printer printer, SubtreeOptions selection, boolean dates, boolean by) {
    /** Prints entries with their values, or their names only; paths without a value too if {@code empty}. */
    void print(Path top, int least, int most, boolean empty, boolean namesOnly) throws InterruptedException {
        Map<Path, @Nullable AuthoredEntry> entries = entries(top, least, most, empty);
        int length = top.length();
        String key = selection.key();
        if (key != null) {
            NestedMaps nested = new NestedMaps(key);
            entries.forEach((path, entry) -> {
                if (entry != null || !hasMoreBelow(entries, path)) {
                    nested.put(path.tail(length), value(entry));
                }
            });
            printer.document(nested.map());
            return;
        }
        try (Printer.Listing listing = printer.listing()) {
            entries.forEach((path, entry) -> {
                if (namesOnly) {
                    listing.item(path.tail(length));
                } else {
                    listing.item(path.tail(length), value(entry));
                }
            });
        }
    }

    private static boolean hasMoreBelow(Map<Path, @Nullable AuthoredEntry> entries, Path path) {
        return entries.keySet().stream().anyMatch(other -> other.startsWith(path) && !other.equals(path));
    }

    private Map<Path, @Nullable AuthoredEntry> entries(Path top, int least, int most, boolean empty)
            throws InterruptedException {
        Map<Path, @Nullable AuthoredEntry> found = new TreeMap<>();
        int length = top.length();
        for (AuthoredEntry entry : empty ? read(top, 0, -1) : read(top, least, most)) {
            Path path = entry.entry().path();
            int depth = path.length() - length;
            for (int at = empty ? least : depth; at <= depth && (most < 0 || at <= most); at++) {
                if (at == depth) {
                    found.put(path, entry);
                } else {
                    found.putIfAbsent(path.head(length + at), null);
                }
            }
        }
        return found;
    }

    private List<AuthoredEntry> read(Path top, int least, int most) throws InterruptedException {
        return by
                ? tree.belowWithAuthors(top, least, most)
                : tree.below(top, least, most).stream()
                        .map(entry -> new AuthoredEntry(entry, null))
                        .toList();
    }

    private @Nullable Object value(@Nullable AuthoredEntry found) {
        if (found == null) {
            return null;
        }
        Entry entry = found.entry();
        Object decoded = Printer.decoded(entry);
        Object value = dates ? printer.dates().added(decoded) : decoded;
        return by
                ? printer.shownWithAuthor(tree.name(), entry, found.origin(), value)
                : printer.shown(tree.name(), entry, value);
    }
}
