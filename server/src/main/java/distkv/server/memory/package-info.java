/**
 * How a server shares its heap between the tree, connections and streams.
 *
 * <p>Threads: any thread may call everything here.
 */
@NullMarked
package distkv.server.memory;

import org.jspecify.annotations.NullMarked;
