package distkv.bench;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.StandardSocketOptions;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.util.Arrays;

/** One blocking connection that speaks the client protocol: for requests one after another, on the caller's thread. */
final class Wire implements AutoCloseable {
    private final SocketChannel channel;
    private final Pack out = new Pack();
    private final Skim skim = new Skim();
    private byte[] in = new byte[1 << 18];
    private int from;
    private int to;
    private long number;

    /** Connects and reads the greeting. */
    Wire(InetSocketAddress server) throws IOException {
        channel = SocketChannel.open(server);
        channel.setOption(StandardSocketOptions.TCP_NODELAY, true);
        next();
    }

    /** Sends a request and waits for its first message. */
    Skim call(Requests.Talk talk) throws IOException {
        send(talk);
        return next();
    }

    /** Sends a request. */
    void send(Requests.Talk talk) throws IOException {
        talk.write(out.clear(), ++number);
        ByteBuffer buffer = ByteBuffer.wrap(out.bytes(), 0, out.length());
        while (buffer.hasRemaining()) {
            channel.write(buffer);
        }
    }

    /** The next message, of whatever request. */
    Skim next() throws IOException {
        while (!skim.read(in, from, to)) {
            fill();
        }
        from = skim.end();
        return skim;
    }

    private void fill() throws IOException {
        if (from > 0) {
            System.arraycopy(in, from, in, 0, to - from);
            to -= from;
            from = 0;
        }
        if (to == in.length) {
            in = Arrays.copyOf(in, in.length * 2);
        }
        int count = channel.read(ByteBuffer.wrap(in, to, in.length - to));
        if (count < 0) {
            throw new IOException("the server closed the connection");
        }
        to += count;
    }

    @Override
    public void close() throws IOException {
        channel.close();
    }
}
