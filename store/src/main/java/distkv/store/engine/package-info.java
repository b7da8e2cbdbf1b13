/**
 * The kit for storage engines: the tree's state with its rules, the newest changes for followers, and the timers of
 * leases; and the simplest engine, in memory.
 *
 * <p>Threads: a {@link TreeState} and an {@link EntryIndex} belong to one thread or lock, the engine's; any thread may use
 * the rest. {@code distkv-leases} runs the timers.
 */
@NullMarked
package distkv.store.engine;

import org.jspecify.annotations.NullMarked;
