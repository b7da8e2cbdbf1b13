/**
 * Sessions of the wire, each bound to a lease of the store, and the witnesses that show that their holders are alive.
 *
 * <p>Threads: a {@link ConnectionSession} is used by its connection's reader only; any thread may call the rest. The
 * {@link WitnessSocket} has a virtual thread that accepts and one for each connection.
 */
@NullMarked
package distkv.server.session;

import org.jspecify.annotations.NullMarked;
