/**
 * The tree in memory: the replica that follows the store's changes, its snapshots, and the watchers that it feeds.
 *
 * <p>Threads: {@code distkv-replica} applies changes; any thread may call the {@link Replica} and read a {@link Snapshot}.
 * Walks and cursors belong to one thread each.
 */
@NullMarked
package distkv.server.tree;

import org.jspecify.annotations.NullMarked;
