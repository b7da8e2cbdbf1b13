package distkv.cli.context;

import distkv.model.Entry;
import org.jspecify.annotations.Nullable;

/** The decoded content of an entry, or its absence. Python's None is a content, too. */
public record EntryContent(@Nullable Object value, boolean present) {
    public static final EntryContent NONE = new EntryContent(null, false);

    public static EntryContent of(@Nullable Object value) {
        return new EntryContent(value, true);
    }

    public static EntryContent of(@Nullable Entry entry) {
        return entry == null || entry.isDeletion() ? NONE : of(Printer.decoded(entry));
    }
}
