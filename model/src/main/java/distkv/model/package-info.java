/**
 * The vocabulary of the tree: paths, values, entries, and writes with their expectations and guards.
 *
 * <p>Threads: everything here is immutable, except the parsers and builders, which belong to one thread each.
 */
@NullMarked
package distkv.model;

import org.jspecify.annotations.NullMarked;
