/** The wire: MsgPack, frames, and the requests and replies that travel in them, for both sides. */
@NullMarked
package distkv.protocol;

import org.jspecify.annotations.NullMarked;
