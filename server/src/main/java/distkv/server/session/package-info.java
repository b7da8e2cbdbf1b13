/** The connections: reading requests, doing them, and writing replies and streams. */
@NullMarked
package distkv.server.session;

import org.jspecify.annotations.NullMarked;
