/** Compiles stored Java in memory, and calls it. */
@NullMarked
package distkv.code.compile;

import org.jspecify.annotations.NullMarked;
