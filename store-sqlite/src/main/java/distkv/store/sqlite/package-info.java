/** The embedded engine: one SQLite file. */
@NullMarked
package distkv.store.sqlite;

import org.jspecify.annotations.NullMarked;
