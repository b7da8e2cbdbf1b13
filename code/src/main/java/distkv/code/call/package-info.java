/**
 * Calls stored procedures: Java in this process, Python in processes that are kept warm, either language on a node of a
 * group.
 *
 * <p>Threads: any thread may call; classes are thread-safe unless they say otherwise.
 */
@NullMarked
package distkv.code.call;

import org.jspecify.annotations.NullMarked;
