/** The tree in memory: the replica that the store's change feed keeps, its snapshots, and the watches it feeds. */
@NullMarked
package distkv.server.tree;

import org.jspecify.annotations.NullMarked;
