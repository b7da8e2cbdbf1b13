/** The client: blocking calls, watches and mirrors over one connection that mends itself. */
@NullMarked
package distkv.client;

import org.jspecify.annotations.NullMarked;
