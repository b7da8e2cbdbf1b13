/**
 * Encodes and decodes requests and replies: which keys each of them has on the wire, and what their values must be.
 *
 * <p>Threads: an encoder belongs to one thread at a time; decoders keep no state between calls.
 */
@NullMarked
package distkv.protocol.codec;

import org.jspecify.annotations.NullMarked;
