/** Compiles stored Java in memory, and calls what came of it. */
@NullMarked
package distkv.code.compile;

import org.jspecify.annotations.NullMarked;
