package distkv.model;

import java.util.List;

/** All changes of one commit, in order. A change is the {@link Entry} that it left; no path is in it twice. */
public record ChangeBatch(long revision, List<Entry> changes) {}
