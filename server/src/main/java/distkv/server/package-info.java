/** A server: one store behind one listening socket. */
@NullMarked
package distkv.server;

import org.jspecify.annotations.NullMarked;
