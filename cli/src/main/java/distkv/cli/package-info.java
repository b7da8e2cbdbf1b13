/** The command line: where the rooms are put together, and where people meet them. */
@NullMarked
package distkv.cli;

import org.jspecify.annotations.NullMarked;
