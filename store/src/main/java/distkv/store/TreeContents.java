package distkv.store;

import distkv.model.Entry;
import java.util.List;

/**
 * The whole tree at one revision, in path order.
 *
 * @param revision 0 if nothing was ever written
 */
public record TreeContents(long revision, List<Entry> entries) {}
