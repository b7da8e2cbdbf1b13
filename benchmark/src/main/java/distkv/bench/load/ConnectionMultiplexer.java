package distkv.bench.load;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.net.StandardSocketOptions;
import java.nio.ByteBuffer;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.channels.SocketChannel;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/** Many connections that the calling thread drives, without blocking on any one of them. */
public final class ConnectionMultiplexer implements AutoCloseable {
    /** Handles a message. */
    public interface Reader {
        void read(Participant member, MessageScanner message);
    }

    /** One connection with its unread and unsent bytes. */
    public static final class Participant {
        private final SocketChannel channel;
        private final SelectionKey key;
        private final MsgPackBuffer out = new MsgPackBuffer();
        private byte[] in = new byte[1 << 14];
        private int to;
        private long number;

        private Participant(SocketChannel channel, SelectionKey key) {
            this.channel = channel;
            this.key = key;
        }

        /** Queues a request; it is sent once the messages that have arrived are read. */
        public void ask(Requests.Talk talk) {
            talk.write(out, ++number);
        }

        private void send() throws IOException {
            if (out.length() > 0) {
                out.drop(channel.write(ByteBuffer.wrap(out.bytes(), 0, out.length())));
            }
            key.interestOps(out.length() > 0 ? SelectionKey.OP_READ | SelectionKey.OP_WRITE : SelectionKey.OP_READ);
        }

        private void receive(MessageScanner scanner, Reader reader) throws IOException {
            int count = channel.read(ByteBuffer.wrap(in, to, in.length - to));
            if (count < 0) {
                throw new IOException("the server closed a connection");
            }
            to += count;
            int from = 0;
            while (scanner.read(in, from, to)) {
                from = scanner.end();
                reader.read(this, scanner);
            }
            System.arraycopy(in, from, in, 0, to - from);
            to -= from;
            if (to == in.length) {
                in = Arrays.copyOf(in, in.length * 2);
            }
        }
    }

    private final Selector selector;
    private final MessageScanner scanner = new MessageScanner();
    private final List<Participant> members = new ArrayList<>();
    private int greeted;

    /** Opens this number of connections and reads their greetings. */
    public ConnectionMultiplexer(SocketAddress server, int count) throws IOException {
        selector = Selector.open();
        for (int i = 0; i < count; i++) {
            SocketChannel channel = SocketChannel.open(server);
            if (server instanceof InetSocketAddress) {
                channel.setOption(StandardSocketOptions.TCP_NODELAY, true);
            }
            channel.configureBlocking(false);
            SelectionKey key = channel.register(selector, SelectionKey.OP_READ);
            Participant member = new Participant(channel, key);
            key.attach(member);
            members.add(member);
        }
        while (greeted < count) {
            turn((member, message) -> greeted++);
        }
    }

    /** Logs in all of them by this request. */
    public void logIn(Requests.Talk request) throws IOException {
        int[] done = {0};
        members.forEach(member -> member.ask(request));
        send();
        while (done[0] < members.size()) {
            turn((member, message) -> done[0] += message.last() ? 1 : 0);
        }
    }

    public List<Participant> members() {
        return members;
    }

    /** Sends what was queued outside of a turn. */
    public void send() throws IOException {
        for (Participant member : members) {
            member.send();
        }
    }

    /** Waits until something has arrived and reads it all. */
    public void turn(Reader reader) throws IOException {
        turn(reader, 0);
    }

    /** Waits until something has arrived, but no longer than this (0: without a limit), and reads it all. */
    public void turn(Reader reader, long millis) throws IOException {
        List<IOException> failures = new ArrayList<>();
        selector.select(
                key -> {
                    Participant member = (Participant) key.attachment();
                    try {
                        if (key.isReadable()) {
                            member.receive(scanner, reader);
                        }
                        member.send();
                    } catch (IOException failure) {
                        failures.add(failure);
                    }
                },
                millis);
        if (!failures.isEmpty()) {
            throw failures.getFirst();
        }
    }

    @Override
    public void close() throws IOException {
        for (Participant member : members) {
            member.channel.close();
        }
        selector.close();
    }
}
