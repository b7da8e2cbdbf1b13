/** A server that follows another one, and what becomes of either when the copy is promoted. */
@NullMarked
package distkv.cli.copy;

import org.jspecify.annotations.NullMarked;
