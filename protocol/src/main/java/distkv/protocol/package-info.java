/**
 * The wire protocol: MsgPack, frames, and the requests and replies in them, for clients and servers.
 *
 * <p>Threads: requests, replies and values are immutable; each reader, writer, encoder and buffer belongs to one thread at a
 * time.
 */
@NullMarked
package distkv.protocol;

import org.jspecify.annotations.NullMarked;
