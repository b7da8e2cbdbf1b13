package distkv.model;

import java.util.List;

/** The changes of one commit, in order. A change is the resulting {@link Entry}; no path occurs twice. */
public record ChangeBatch(long revision, List<Entry> changes) {}
