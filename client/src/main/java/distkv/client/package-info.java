/**
 * The client: blocking calls, watches and mirrors over one connection that reconnects by itself.
 *
 * <p>Threads: each connection has a thread that reads and one that writes; {@link Connector} reconnects on another. A
 * {@link Session} and a {@link Mirror} have a thread each. Public classes are thread-safe unless they say otherwise;
 * package-private state is guarded by the lock that its class names.
 */
@NullMarked
package distkv.client;

import org.jspecify.annotations.NullMarked;
