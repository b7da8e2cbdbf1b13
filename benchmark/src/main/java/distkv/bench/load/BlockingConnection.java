package distkv.bench.load;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.StandardSocketOptions;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.util.Arrays;

/** A blocking connection that speaks the client protocol, for one request after another on the calling thread. */
public final class BlockingConnection implements AutoCloseable {
    private final SocketChannel channel;
    private final MsgPackBuffer out = new MsgPackBuffer();
    private final MessageScanner scanner = new MessageScanner();
    private byte[] in = new byte[1 << 18];
    private int from;
    private int to;
    private long number;

    /** Connects and reads the greeting. */
    public BlockingConnection(InetSocketAddress server) throws IOException {
        this(server, new InetSocketAddress(0));
    }

    /** Connects from this address, and reads the greeting. */
    public BlockingConnection(InetSocketAddress server, InetSocketAddress from) throws IOException {
        channel = SocketChannel.open().bind(from);
        channel.connect(server);
        channel.setOption(StandardSocketOptions.TCP_NODELAY, true);
        next();
    }

    /** Sends a request and waits for its first message. */
    public MessageScanner call(Requests.Talk talk) throws IOException {
        send(talk);
        return next();
    }

    /** Logs in by this request. */
    public void logIn(Requests.Talk request) throws IOException {
        send(request);
        while (!next().last()) {}
    }

    /** Sends a request that the server is to refuse, and waits until it has. */
    public void beRefused(Requests.Talk request) throws IOException {
        send(request);
        try {
            while (!next().last()) {}
        } catch (IllegalStateException refused) {
            from = scanner.end();
            return;
        }
        throw new IOException("the server has not refused a request");
    }

    /** Sends a request. */
    public void send(Requests.Talk talk) throws IOException {
        talk.write(out.clear(), ++number);
        ByteBuffer buffer = ByteBuffer.wrap(out.bytes(), 0, out.length());
        while (buffer.hasRemaining()) {
            channel.write(buffer);
        }
    }

    /** The next message, whichever request it belongs to. */
    public MessageScanner next() throws IOException {
        while (!scanner.read(in, from, to)) {
            fill();
        }
        from = scanner.end();
        return scanner;
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
