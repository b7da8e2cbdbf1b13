/** Machines that join as nodes: how they are invited, join, are listed, and are revoked. */
@NullMarked
package distkv.server.node;

import org.jspecify.annotations.NullMarked;
