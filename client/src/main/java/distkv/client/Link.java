package distkv.client;

import distkv.protocol.Frame;
import distkv.protocol.FrameReader;
import distkv.protocol.ProtocolException;
import distkv.protocol.Reply;
import distkv.protocol.Request;
import distkv.protocol.Seq;
import distkv.protocol.StatePart;
import distkv.protocol.codec.ReplyDecoder;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.time.Duration;
import java.util.EnumSet;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * One TCP connection, from the greeting to its end. A thread reads it and hands every reply to the
 * {@link Receiver} of its request; another writes it. Any thread may make requests.
 */
final class Link {
    /** So long a tock counts as the newest one. */
    private static final Duration STALE = Duration.ofSeconds(1);

    private final ClientOptions options;
    private final Socket socket;
    private final FrameReader reader;
    private final LinkWriter writer;
    private final Reply.Greeting greeting;
    private final int window;
    private final AtomicLong lastSeq = new AtomicLong();
    private final Map<Long, Receiver> receivers = new ConcurrentHashMap<>();
    private final CountDownLatch ended = new CountDownLatch(1);
    private volatile @Nullable ServerConnectionException cause;
    /** Written by the reading thread only, as is the next. */
    private volatile long newestTock;

    private volatile long heardTockAt = System.nanoTime();

    private Link(ClientOptions options, Socket socket) throws IOException {
        this.options = options;
        this.socket = socket;
        this.reader = new FrameReader(socket.getInputStream(), options.limits());
        this.writer = new LinkWriter(socket.getOutputStream());
        Frame first = reader.next();
        if (first == null || !(ReplyDecoder.decode(first) instanceof Reply.Greeting hello)) {
            throw new ProtocolException(first == null ? "no greeting" : "no greeting first");
        }
        greeting = hello;
        newestTock = hello.tock();
        boolean chooses = greeting.extensions().contains("window");
        window = chooses ? options.window() : Math.min(greeting.qlen(), options.window());
    }

    /** Connects and waits for the greeting. */
    static Link open(ClientOptions options) {
        Socket socket = new Socket();
        try {
            int timeout = Math.toIntExact(options.connectTimeout().toMillis());
            socket.setTcpNoDelay(true);
            socket.connect(new InetSocketAddress(options.host(), options.port()), timeout);
            socket.setSoTimeout(timeout);
            Link link = new Link(options, socket);
            socket.setSoTimeout(Math.toIntExact(options.keepAlive().toMillis()));
            link.start();
            return link;
        } catch (IOException | ProtocolException e) {
            closeQuietly(socket);
            throw new ServerConnectionException(
                    "cannot connect to " + options.address() + ": " + e.getMessage() + " (expected: a DistKV server)",
                    false);
        }
    }

    private void start() {
        if (greeting.qlen() > 0) {
            writer.writeNow(new Request.Hello(window));
        }
        options.thread("writer").start(writer);
        options.thread("reader").start(this::read);
    }

    Reply.Greeting greeting() {
        return greeting;
    }

    /** How many items of a stream may be waiting for their reader; 0: the server does not count them. */
    int window() {
        return greeting.qlen() > 0 ? window : 0;
    }

    /** Sends a request whose replies go to {@code receiver}. Returns what it was numbered. */
    long send(Receiver receiver, Function<Seq, Request> request) throws InterruptedException {
        long seq = lastSeq.incrementAndGet();
        receivers.put(seq, receiver);
        try {
            writer.write(request.apply(Seq.of(seq)));
        } catch (RuntimeException | InterruptedException e) {
            receivers.remove(seq);
            throw e;
        }
        checkEnd(seq, receiver);
        return seq;
    }

    /** As {@link #send}, for the few requests that must not wait for a full buffer. */
    void sendNow(Receiver receiver, Function<Seq, Request> request) {
        long seq = lastSeq.incrementAndGet();
        receivers.put(seq, receiver);
        writer.writeNow(request.apply(Seq.of(seq)));
        checkEnd(seq, receiver);
    }

    /** A receiver that came when the connection had just ended learns it here. */
    private void checkEnd(long seq, Receiver receiver) {
        ServerConnectionException lost = cause;
        if (lost != null && receivers.remove(seq) != null) {
            receiver.lost(lost);
        }
    }

    /** Sends a request and waits for its only reply; a failure is thrown. */
    Reply call(boolean write, Function<Seq, Request> request) throws InterruptedException {
        return ask(write, request).await();
    }

    /** Sends a request that has one reply. */
    Sent ask(boolean write, Function<Seq, Request> request) throws InterruptedException {
        Call call = new Call(write);
        return new Sent(call, send(call, request));
    }

    /** A request that has one reply, which is to be waited for. */
    final class Sent {
        private final Call call;
        private final long number;

        private Sent(Call call, long number) {
            this.call = call;
            this.number = number;
        }

        /** What it was numbered. */
        long number() {
            return number;
        }

        /** Waits for the reply; a failure is thrown. */
        Reply await() throws InterruptedException {
            try {
                return call.await();
            } catch (InterruptedException e) {
                receivers.remove(number);
                throw e;
            }
        }
    }

    /** Whether the server can be asked after writes of connections that were lost. */
    boolean settlesWrites() {
        return greeting.writer() != 0 && greeting.extensions().contains("again");
    }

    /** The number that the server knows this connection's writes by. */
    long writer() {
        return greeting.writer();
    }

    /** The newest tock that the server has told. */
    long newestTock() {
        return newestTock;
    }

    /**
     * Asks for the newest tock if it was not heard for a while: history may be searched for a write only from a tock on
     * that was there before, and reaches back only so far.
     */
    void hearTock() throws InterruptedException {
        if (System.nanoTime() - heardTockAt > STALE.toNanos()) {
            try {
                call(false, seq -> new Request.GetState(seq, EnumSet.noneOf(StatePart.class)));
            } catch (ServerConnectionException e) {
                // What comes next will be told so, too.
            }
        }
    }

    /** Says that the first {@code count} messages of a stream are processed. */
    void acknowledge(long seq, long count) {
        writer.writeNow(new Request.Ack(Seq.of(seq), count));
    }

    /** Ends a stream from this side; what is still on its way is dropped. */
    void stop(long seq) {
        if (receivers.remove(seq) != null) {
            // The reply says whether there was something to stop, which nobody waits for.
            writer.writeNow(new Request.Stop(Seq.of(lastSeq.incrementAndGet()), Seq.of(seq)));
        }
    }

    boolean isUp() {
        return cause == null;
    }

    /** Why it ended, once it has. */
    String endReason() {
        ServerConnectionException end = cause;
        return end == null ? "connected" : String.valueOf(end.getMessage());
    }

    void awaitEnd() throws InterruptedException {
        ended.await();
    }

    void close(String reason) {
        end(new ServerConnectionException(reason, false));
    }

    private void read() {
        String reason;
        try {
            reason = readUntilEnd();
        } catch (IOException | RuntimeException e) {
            reason = e.getMessage() == null ? e.getClass().getSimpleName() : e.getMessage();
        }
        end(new ServerConnectionException("connection to " + options.address() + " lost: " + reason, false));
    }

    private String readUntilEnd() throws IOException {
        Call ping = null;
        while (true) {
            try {
                Frame frame = reader.next();
                if (frame == null) {
                    return "the server closed it";
                }
                ping = null;
                dispatch(ReplyDecoder.decode(frame));
            } catch (SocketTimeoutException e) {
                if (ping != null) {
                    return "no sign of life for " + 2 * options.keepAlive().toMillis() + " ms";
                }
                ping = new Call(false);
                sendNow(ping, seq -> new Request.GetState(seq, EnumSet.noneOf(StatePart.class)));
            }
        }
    }

    private void dispatch(Reply reply) {
        if (reply.tock() > newestTock) {
            newestTock = reply.tock();
        }
        if (reply instanceof Reply.Changed || reply instanceof Reply.Committed || reply instanceof Reply.State) {
            heardTockAt = System.nanoTime();
        }
        if (reply.seq() instanceof Seq.Int(long seq)) {
            Receiver receiver = receivers.get(seq);
            if (receiver != null && !receiver.receive(reply)) {
                receivers.remove(seq);
            }
        } else if (reply instanceof Reply.Failed failed) {
            throw new ProtocolException(failed.text());
        }
    }

    private synchronized void end(ServerConnectionException reason) {
        if (cause == null) {
            cause = reason;
            closeQuietly(socket);
            writer.close();
            receivers.keySet().removeIf(seq -> {
                Receiver receiver = receivers.get(seq);
                if (receiver != null) {
                    receiver.lost(reason);
                }
                return true;
            });
            ended.countDown();
        }
    }

    private static void closeQuietly(Socket socket) {
        try {
            socket.close();
        } catch (IOException e) {
            // Nothing is lost: the connection is given up anyway.
        }
    }
}
