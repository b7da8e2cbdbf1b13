/** How a client reaches its server: over TCP, TLS, or a Unix socket. */
@NullMarked
package distkv.client.transport;

import org.jspecify.annotations.NullMarked;
