package distkv.server.net;

import java.io.IOException;
import java.nio.channels.ByteChannel;
import java.nio.channels.SocketChannel;

/**
 * Moves the bytes of one connection through its socket, without waiting. One thread at a time reads, and one at a time
 * writes; any thread may close it.
 */
interface Transport extends ByteChannel {
    /** The socket, to wait for. */
    SocketChannel socket();

    /** Whether bytes that can be read have left the socket already, so that it does not report them any more. */
    boolean hasInput();

    /** Sends what was written; false if the socket does not take all of it now. */
    boolean flush() throws IOException;

    /** Tells the other side, where the protocol has a way to, that nothing more will be written. */
    void finish() throws IOException;

    /** Gives its memory back. Called once, after it was closed, when nobody reads or writes any more. */
    void release();
}
