package distkv.cli;

import distkv.model.Entry;
import distkv.model.Path;
import distkv.model.Value;
import distkv.protocol.MsgWriter;
import distkv.protocol.WirePath;
import java.io.IOException;
import java.io.OutputStream;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * A copy of a tree: an {@link EntryFile} that begins with {@code {backup: 1, tree}} and ends with {@code {end: count}},
 * so that a file that was cut off is noticed.
 *
 * @param tree the tree's name
 */
record Backup(String tree, Map<Path, Value> entries) {
    private static final long VERSION = 1;

    /** What belongs into a copy of the tree, in path order. */
    static List<Entry> entries(Tree tree) throws InterruptedException {
        return tree.below(Path.ROOT, 0, -1).stream()
                .filter(entry -> isLasting(tree.config(), entry.path()))
                .toList();
    }

    /** Whether an entry means something when the runners that are there now are gone. */
    private static boolean isLasting(Config config, Path path) {
        return !path.startsWith(config.path("runner.presence")) && !path.startsWith(config.path("runner.claim"));
    }

    static void writeTo(OutputStream out, String tree, List<Entry> entries) throws IOException {
        MsgWriter writer = new MsgWriter();
        writer.map(2).text("backup").number(VERSION).text("tree").text(tree);
        for (Entry entry : entries) {
            Value value = entry.value();
            if (value != null) {
                writer.map(3).text("path");
                WirePath.write(writer, entry.path());
                writer.text("value").value(value).text("tock").number(entry.tick());
                writer.drainTo(out);
                writer.clear();
            }
        }
        writer.map(1).text("end").number(entries.size());
        writer.drainTo(out);
    }

    /** Reads a whole backup; one that is damaged or cut off is refused. */
    static Backup read(java.nio.file.Path file) {
        Map<Path, Value> entries = new TreeMap<>();
        try (EntryFile items = new EntryFile(file)) {
            EntryFile.Item head = items.next();
            if (head == null || !Long.valueOf(VERSION).equals(head.rest().get("backup"))) {
                throw new FailedException(file + " is no backup (expected: a file that 'distkv backup' wrote)");
            }
            while (true) {
                EntryFile.Item item = items.next();
                if (item == null) {
                    throw new FailedException(file + " is cut off after " + entries.size() + " entries");
                } else if (item.path() != null && item.value() != null) {
                    entries.put(item.path(), item.value());
                } else if (Long.valueOf(entries.size()).equals(item.rest().get("end"))) {
                    return new Backup(String.valueOf(head.rest().get("tree")), entries);
                } else {
                    throw new FailedException(file + " is damaged after " + entries.size() + " entries");
                }
            }
        }
    }
}
