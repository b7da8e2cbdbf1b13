/**
 * The commands that run a server and look after its tree: server, up, status, backup, restore, import, and the
 * demonstration.
 */
@NullMarked
package distkv.cli.ops;

import org.jspecify.annotations.NullMarked;
