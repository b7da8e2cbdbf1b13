/** Machines that join a server as its nodes. */
@NullMarked
package distkv.cli.join;

import org.jspecify.annotations.NullMarked;
