package distkv.store;

import distkv.model.Entry;
import java.util.Comparator;
import java.util.List;

/**
 * The whole tree at one revision, in path order.
 *
 * @param revision 0 if nothing was ever written
 */
public record Contents(long revision, List<Entry> entries) {
    /** Path order, the order of a tree walk. */
    public static final Comparator<Entry> ORDER = Comparator.comparing(Entry::path);

    /** Refuses a revision that never was. */
    public static void checkRevision(long revision, long newest) {
        if (revision < 0 || revision > newest) {
            throw new IllegalArgumentException("revision " + revision + " (expected: 0 to " + newest + ", the newest)");
        }
    }
}
