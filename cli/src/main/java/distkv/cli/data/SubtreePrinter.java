package distkv.cli.data;

import distkv.cli.context.Printer;
import distkv.cli.context.TreeClient;
import distkv.cli.format.NestedMaps;
import distkv.cli.options.SubtreeOptions;
import distkv.model.Entry;
import distkv.model.Path;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** Prints a subtree: a list of single pairs, or maps in maps. */
record SubtreePrinter(TreeClient tree, Printer printer, SubtreeOptions selection, boolean dates) {
    /** Prints entries with their values, or their names only; paths without a value too if {@code empty}. */
    void print(Path top, int least, int most, boolean empty, boolean namesOnly) throws InterruptedException {
        Map<Path, @Nullable Entry> entries = entries(top, least, most, empty);
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

    private static boolean hasMoreBelow(Map<Path, @Nullable Entry> entries, Path path) {
        return entries.keySet().stream().anyMatch(other -> other.startsWith(path) && !other.equals(path));
    }

    private Map<Path, @Nullable Entry> entries(Path top, int least, int most, boolean empty)
            throws InterruptedException {
        Map<Path, @Nullable Entry> found = new TreeMap<>();
        int length = top.length();
        for (Entry entry : empty ? tree.below(top, 0, -1) : tree.below(top, least, most)) {
            Path path = entry.path();
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

    private @Nullable Object value(@Nullable Entry entry) {
        if (entry == null) {
            return null;
        }
        Object value = Printer.decoded(entry);
        return printer.shown(tree.name(), entry, dates ? printer.dates().added(value) : value);
    }
}
