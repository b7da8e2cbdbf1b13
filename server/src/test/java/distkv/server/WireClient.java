package distkv.server;

import static org.assertj.core.api.Assertions.assertThat;

import distkv.model.Path;
import distkv.model.Value;
import distkv.protocol.Frame;
import distkv.protocol.FrameLimits;
import distkv.protocol.FrameReader;
import distkv.protocol.Values;
import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/** A client that says exactly what a test tells it to, in maps, and keeps nothing from the test. */
final class WireClient implements AutoCloseable {
    private static final int TIMEOUT_MILLIS = 20_000;

    final Socket socket;
    private final FrameReader frames;
    final Map<String, Object> greeting;
    private final List<Map<String, Object>> putBack = new ArrayList<>();
    /** The requests that have their reply; no other message may come for them. */
    private final Set<Object> answered = new HashSet<>();

    private long seq;

    WireClient(int port) throws IOException {
        this(new Socket(InetAddress.getLoopbackAddress(), port));
    }

    /** @param socket connected already */
    WireClient(Socket socket) throws IOException {
        this.socket = socket;
        socket.setSoTimeout(TIMEOUT_MILLIS);
        socket.setTcpNoDelay(true);
        frames = new FrameReader(socket.getInputStream(), new FrameLimits(64 << 20, 1_000));
        greeting = read();
    }

    /** A map of keys and values, one after the other. */
    static Map<String, Object> map(@Nullable Object... pairs) {
        Map<String, Object> map = new LinkedHashMap<>();
        for (int i = 0; i < pairs.length; i += 2) {
            map.put(String.valueOf(pairs[i]), pairs[i + 1]);
        }
        return map;
    }

    void sendBytes(byte[] bytes) throws IOException {
        socket.getOutputStream().write(bytes);
    }

    void send(Map<String, Object> message) throws IOException {
        sendBytes(Values.encode(message).bytes());
    }

    /** Sends a request with the next seq, and returns that. */
    long ask(String action, @Nullable Object... pairs) throws IOException {
        Map<String, Object> message = map(pairs);
        message.put("action", action);
        message.put("seq", ++seq);
        send(message);
        return seq;
    }

    /** Sends a request and returns the reply to it. Messages of streams may come before it; they are read later. */
    Map<String, Object> call(String action, @Nullable Object... pairs) throws IOException {
        Object asked = ask(action, pairs);
        Map<String, Object> reply = readWhere(message -> {
            assertThat(answered).as("%s", message).doesNotContain(get(message, "seq"));
            return asked.equals(message.get("seq"));
        });
        if (!reply.containsKey("state")) {
            answered.add(asked);
        }
        return reply;
    }

    /** Sends a request whose answer would be a stream, and returns the error that it gets instead. */
    Map<String, Object> refused(String action, @Nullable Object... pairs) throws IOException {
        List<Map<String, Object>> messages = readStream(ask(action, pairs));
        assertThat(messages).hasSize(3);
        return messages.get(1);
    }

    Map<String, Object> readWhere(Predicate<Map<String, Object>> wanted) throws IOException {
        List<Map<String, Object>> others = new ArrayList<>();
        while (true) {
            Map<String, Object> message = read();
            if (wanted.test(message)) {
                putBack.addAll(0, others);
                return message;
            }
            others.add(message);
        }
    }

    /** The next message. */
    Map<String, Object> read() throws IOException {
        Map<String, Object> message = readOrEnd();
        if (message == null) {
            throw new IOException("the server closed the connection");
        }
        return message;
    }

    /** The next message, {@code null} if the server closed the connection. */
    @Nullable
    @SuppressWarnings("unchecked")
    Map<String, Object> readOrEnd() throws IOException {
        if (!putBack.isEmpty()) {
            return putBack.removeFirst();
        }
        Frame frame = frames.next();
        if (frame == null) {
            return null;
        }
        Value value = frame.copy();
        return (Map<String, Object>) Objects.requireNonNull(Values.decode(value));
    }

    /** The messages of one stream up to its end. */
    List<Map<String, Object>> readStream(long of) throws IOException {
        List<Map<String, Object>> messages = new ArrayList<>();
        while (true) {
            Map<String, Object> message = read();
            assertThat(message).containsEntry("seq", of);
            messages.add(message);
            if ("end".equals(message.get("state"))) {
                return messages;
            }
        }
    }

    /** A number that must be in a message. */
    static long number(Map<String, Object> message, String key) {
        return (Long) get(message, key);
    }

    /** What must be in a message. */
    static Object get(Map<String, Object> message, String key) {
        return Objects.requireNonNull(message.get(key), key);
    }

    /** The path of an item below the top of its stream, given that of the one before. */
    @SuppressWarnings("unchecked")
    static List<Object> whole(List<Object> before, Map<String, Object> item) {
        List<Object> whole = new ArrayList<>(before.subList(0, (int) number(item, "depth")));
        whole.addAll((List<Object>) get(item, "path"));
        return whole;
    }

    static List<Object> path(Object... elements) {
        return Path.of(elements).elements();
    }

    @Override
    public void close() throws IOException {
        socket.close();
    }
}
