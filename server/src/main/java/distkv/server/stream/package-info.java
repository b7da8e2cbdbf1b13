/**
 * The streams that answer {@code get_tree} and {@code watch}: entries of a snapshot, changes missed, and changes as they
 * happen.
 *
 * <p>Threads: a stream is set up by its connection's reader and drained by its writer; the replica's thread wakes it.
 */
@NullMarked
package distkv.server.stream;

import org.jspecify.annotations.NullMarked;
