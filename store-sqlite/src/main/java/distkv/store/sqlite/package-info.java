/**
 * The embedded engine: one SQLite file.
 *
 * <p>Threads: {@code distkv-store} runs the {@link StoreWriter}, the only one that changes the tree and appends to the
 * file; {@code distkv-checkpoint} and {@code distkv-compaction} help it. Callers hand tasks over through a
 * {@link distkv.store.engine.TaskQueue}.
 */
@NullMarked
package distkv.store.sqlite;

import org.jspecify.annotations.NullMarked;
