package distkv.client;

import distkv.model.Entry;
import distkv.model.Origin;
import org.jspecify.annotations.Nullable;

/**
 * An entry, and who wrote it and why.
 *
 * @param origin {@code null}: it is unknown
 */
public record AuthoredEntry(Entry entry, @Nullable Origin origin) {}
