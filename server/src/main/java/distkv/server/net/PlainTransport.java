package distkv.server.net;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;

/** The bytes of a connection as they are. */
record PlainTransport(SocketChannel socket) implements Transport {
    @Override
    public int read(ByteBuffer target) throws IOException {
        return socket.read(target);
    }

    @Override
    public int write(ByteBuffer source) throws IOException {
        return socket.write(source);
    }

    @Override
    public boolean hasInput() {
        return false;
    }

    @Override
    public boolean flush() {
        return true;
    }

    @Override
    public void finish() {}

    @Override
    public void release() {}

    @Override
    public boolean isOpen() {
        return socket.isOpen();
    }

    @Override
    public void close() throws IOException {
        socket.close();
    }
}
