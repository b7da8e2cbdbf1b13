package distkv.cli;

import distkv.model.Entry;
import org.jspecify.annotations.Nullable;

/** What an entry holds, decoded; or that there is none. Python's None is a content too. */
record Content(@Nullable Object value, boolean present) {
    static final Content NONE = new Content(null, false);

    static Content of(@Nullable Object value) {
        return new Content(value, true);
    }

    static Content of(@Nullable Entry entry) {
        return entry == null || entry.isDeletion() ? NONE : of(Printer.decoded(entry));
    }
}
