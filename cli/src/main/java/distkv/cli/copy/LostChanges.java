package distkv.cli.copy;

import distkv.cli.context.Printer;
import distkv.cli.input.FailedException;
import distkv.model.Entry;
import distkv.model.Epochs;
import distkv.protocol.Values;
import distkv.store.sqlite.CopyFile;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** What a former main server had acknowledged and the promoted copy did not have. */
final class LostChanges {
    private LostChanges() {}

    static int show(Path data, Printer printer) {
        CopyFile.Identity mine = CopyFile.identity(data);
        if (mine == null) {
            throw new FailedException(
                    "data directory " + data + " holds no store (expected: that of a former main server)");
        }
        Epochs newer = mine.newer();
        if (newer == null) {
            throw new FailedException("this server has not heard of a newer epoch than its own, "
                            + mine.epochs().number() + " (expected: one that was superseded)")
                    .withHint("it hears of it when it runs and a client or the promoted server reaches it");
        }
        long after = newer.sharedWith(mine.epochs());
        List<Map<String, @Nullable Object>> changes = new ArrayList<>();
        CopyFile.lost(data, after, change -> changes.add(shown(change)));
        Map<String, @Nullable Object> document = new LinkedHashMap<>();
        document.put("epoch", (long) mine.epochs().number());
        document.put("newer", (long) newer.number());
        document.put("after", after);
        document.put("lost", (long) changes.size());
        document.put("changes", changes);
        printer.document(document);
        return 0;
    }

    private static Map<String, @Nullable Object> shown(CopyFile.Lost change) {
        Entry entry = change.entry();
        Map<String, @Nullable Object> shown = new LinkedHashMap<>();
        shown.put("path", entry.path().toString());
        if (entry.value() == null) {
            shown.put("deleted", true);
        } else {
            shown.put("value", Values.decode(entry.value()));
        }
        shown.put("tick", entry.tick());
        if (change.origin() != null) {
            shown.put("by", change.origin().by());
        }
        return shown;
    }
}
