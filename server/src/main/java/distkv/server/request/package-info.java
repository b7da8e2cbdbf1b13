/**
 * What requests do: reads from the replica's newest snapshot, writes through the store, and the answers to both.
 *
 * <p>Threads: everything here is used by a connection's reader, unless it says otherwise. The outcome of a commit arrives
 * on the replica's thread, which must not wait.
 */
@NullMarked
package distkv.server.request;

import org.jspecify.annotations.NullMarked;
