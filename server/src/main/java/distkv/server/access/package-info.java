/** Log-ins and rights: who each connection is, and whether it may do what it asks for. */
@NullMarked
package distkv.server.access;

import org.jspecify.annotations.NullMarked;
