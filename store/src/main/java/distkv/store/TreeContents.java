package distkv.store;

import distkv.model.Entry;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;

/**
 * The whole tree at one revision, in path order.
 *
 * @param revision 0 if nothing was ever written
 */
public record TreeContents(long revision, List<Entry> entries) {
    /** The contents that an engine has in no order yet. The array is sorted and must not be used any more. */
    public static TreeContents sorted(long revision, Entry[] entries) {
        PathSort.sort(entries);
        return new TreeContents(revision, Collections.unmodifiableList(Arrays.asList(entries)));
    }

    /** Refuses a revision that never was. */
    public static void checkRevision(long revision, long newest) {
        if (revision < 0 || revision > newest) {
            throw new IllegalArgumentException("revision " + revision + " (expected: 0 to " + newest + ", the newest)");
        }
    }
}
