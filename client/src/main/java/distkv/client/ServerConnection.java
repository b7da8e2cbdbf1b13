package distkv.client;

import distkv.client.epoch.KnownEpochs;
import distkv.client.internal.GreetingTimeout;
import distkv.client.internal.RequestWriter;
import distkv.client.login.ClientCredentials;
import distkv.client.transport.ByteStream;
import distkv.client.transport.TlsFailure;
import distkv.protocol.Etype;
import distkv.protocol.Frame;
import distkv.protocol.FrameReader;
import distkv.protocol.MsgWriter;
import distkv.protocol.ProtocolException;
import distkv.protocol.Reply;
import distkv.protocol.Request;
import distkv.protocol.Seq;
import distkv.protocol.StatePart;
import distkv.protocol.codec.ReplyDecoder;
import distkv.protocol.codec.RequestEncoder;
import java.io.Closeable;
import java.io.IOException;
import java.time.Duration;
import java.util.EnumSet;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Function;
import javax.net.ssl.SSLException;
import org.jspecify.annotations.Nullable;

/**
 * One connection, from the greeting to its end. A thread reads it and passes every reply to the {@link ReplyReceiver} of
 * its request; another thread writes it; a third one ends it if the server has been silent for too long. Any thread may
 * send requests.
 */
final class ServerConnection {
    /** For how long the last tock counts as current. */
    private static final Duration STALE = Duration.ofSeconds(1);

    private final ClientOptions options;
    private final ByteStream stream;
    private final FrameReader reader;
    private final RequestWriter writer;
    private final Reply.Greeting greeting;
    private final int window;
    private final AtomicLong lastSeq = new AtomicLong();
    private final Map<Long, ReplyReceiver> receivers = new ConcurrentHashMap<>();
    private final CountDownLatch ended = new CountDownLatch(1);
    private volatile @Nullable ServerConnectionException cause;
    /** Written by the reading thread only, like {@code heardTockAt}. */
    private volatile long newestTock;

    private volatile long heardTockAt = System.nanoTime();
    private volatile long heardAt = System.nanoTime();

    private ServerConnection(ClientOptions options, ByteStream stream) throws IOException {
        this.options = options;
        this.stream = stream;
        this.reader = new FrameReader(stream.in(), options.limits());
        this.writer = new RequestWriter(stream.out());
        Frame first = reader.next();
        if (first == null || !(ReplyDecoder.decode(first) instanceof Reply.Greeting hello)) {
            throw new ProtocolException(first == null ? "no greeting" : "no greeting first");
        }
        greeting = hello;
        newestTock = hello.tock();
        boolean chooses = greeting.extensions().contains("window");
        window = chooses ? options.window() : Math.min(greeting.qlen(), options.window());
    }

    /** Tells a server of an older epoch that there is a newer one, and refuses it. */
    private void checkEpoch() throws IOException {
        Reply.Standing server = greeting.standing();
        KnownEpochs.Seen newer = server == null ? null : KnownEpochs.OF_USER.newerThan(server);
        if (server == null || newer == null) {
            return;
        }
        MsgWriter told = new MsgWriter();
        new RequestEncoder(told).write(new Request.Hello(0, newer.seal()));
        told.drainTo(stream.out());
        stream.out().flush();
        closeQuietly(stream);
        throw new ServerConnectionException(
                options.address() + ": a server of epoch " + server.epoch()
                        + " of the tree, which another one has taken over in epoch " + newer.epoch()
                        + " (expected: that one)",
                false);
    }

    /**
     * Connects, waits for the greeting, and logs in.
     *
     * @throws LogInException if the server wants another log-in than this client can make
     */
    static ServerConnection open(ClientOptions options) throws InterruptedException {
        ServerConnection opened = openAsNobody(options);
        try {
            opened.logIn();
            return opened;
        } catch (ClientException | InterruptedException e) {
            opened.close("not logged in");
            throw e;
        }
    }

    /** Connects and waits for the greeting, for what the server permits before a log-in. */
    static ServerConnection openAsNobody(ClientOptions options) {
        ByteStream stream = null;
        GreetingTimeout timeout = null;
        try {
            stream = ByteStream.connect(options.server(), options.tls(), options.connectTimeout());
            timeout = GreetingTimeout.start(options.thread("greeting"), options.connectTimeout(), stream);
            ServerConnection connection = new ServerConnection(options, stream);
            timeout.end();
            connection.checkEpoch();
            connection.start();
            return connection;
        } catch (IOException | ProtocolException e) {
            closeQuietly(stream);
            boolean silent = timeout != null && timeout.isOver();
            if (timeout != null) {
                timeout.end();
            }
            String reason = silent
                    ? "timed out: no greeting within "
                            + options.connectTimeout().toMillis() + " ms"
                    : e instanceof SSLException tls ? TlsFailure.text(tls) : e.getMessage();
            throw new ServerConnectionException(
                    "cannot connect to " + options.address() + ": " + reason + " (expected: a DistKV server)", false);
        }
    }

    private void start() {
        if (greeting.qlen() > 0) {
            writer.writeNow(new Request.Hello(window));
        }
        options.thread("writer").start(writer);
        options.thread("reader").start(this::read);
        options.thread("keepalive").start(this::keepAlive);
    }

    /** Says who the client is, if the server wants to know or the client wants it to. */
    private void logIn() throws InterruptedException {
        ClientCredentials credentials = options.credentials();
        boolean wanted = !greeting.auth().isEmpty() && greeting.auth().getFirst() != null;
        if (credentials == null) {
            if (wanted) {
                throw LogInException.needed(options);
            }
            return;
        }
        // A server of the original without users knows no log-in, and needs none.
        if (wanted || greeting.extensions().contains("login")) {
            Reply reply = answer(credentials::request);
            if (reply instanceof Reply.Failed failed) {
                // Anything but a refusal may be over soon, such as too many failures of others at this address.
                throw failed.etype() == Etype.REFUSED || failed.etype() == Etype.CONN
                        ? new ServerConnectionException(options.address() + ": " + failed.text(), false)
                        : LogInException.refused(options, credentials.toString(), failed);
            }
        }
    }

    Reply.Greeting greeting() {
        return greeting;
    }

    /** How many items of a stream may wait for their reader; 0: the server does not count them. */
    int window() {
        return greeting.qlen() > 0 ? window : 0;
    }

    /** Sends a request whose replies go to {@code receiver}. Returns the number of the request. */
    long send(ReplyReceiver receiver, Function<Seq, Request> request) throws InterruptedException {
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

    /** Tells a receiver that was registered after the connection had ended. */
    private void checkEnd(long seq, ReplyReceiver receiver) {
        ServerConnectionException lost = cause;
        if (lost != null && receivers.remove(seq) != null) {
            receiver.lost(lost);
        }
    }

    /** Sends a request and waits for its only reply; a failure is thrown. */
    Reply call(boolean write, Function<Seq, Request> request) throws InterruptedException {
        return ask(write, request).await();
    }

    /** Sends a request and waits for its only reply, which may be a failure. */
    Reply answer(Function<Seq, Request> request) throws InterruptedException {
        return ask(false, request).answer();
    }

    /** Sends a request that has one reply. */
    PendingReply ask(boolean write, Function<Seq, Request> request) throws InterruptedException {
        PendingReply pending = new PendingReply(write);
        pending.number = send(pending, request);
        return pending;
    }

    /** Sends a request that has one reply and changes no entry, without waiting for space in the buffer. */
    CompletableFuture<Reply> askNow(Function<Seq, Request> request) {
        PendingReply pending = new PendingReply(false);
        long seq = lastSeq.incrementAndGet();
        receivers.put(seq, pending);
        writer.writeNow(request.apply(Seq.of(seq)));
        checkEnd(seq, pending);
        return pending.reply;
    }

    /** Whether the server can tell the outcome of writes of lost connections. */
    boolean settlesWrites() {
        return greeting.writer() != 0 && greeting.extensions().contains("again");
    }

    /** The number by which the server knows this connection's writes. */
    long writer() {
        return greeting.writer();
    }

    /** The newest tock that the server has sent. */
    long newestTock() {
        return newestTock;
    }

    /**
     * Asks for the newest tock unless one was received recently. A write is looked up in the history from a tock on
     * that is older than the write, and the history reaches back only so far.
     */
    void hearTock() throws InterruptedException {
        if (System.nanoTime() - heardTockAt > STALE.toNanos()) {
            try {
                call(false, seq -> new Request.GetState(seq, EnumSet.noneOf(StatePart.class)));
            } catch (ServerConnectionException e) {
                // The next request on this connection will fail as well.
            }
        }
    }

    /** Acknowledges the first {@code count} items of a stream. */
    void acknowledge(long seq, long count) {
        writer.writeNow(new Request.Ack(Seq.of(seq), count));
    }

    /** Ends a stream; items that are still on their way are discarded. */
    void stop(long seq) {
        if (receivers.remove(seq) != null) {
            // Nobody waits for the reply, which says whether there was a stream to stop.
            writer.writeNow(new Request.Stop(Seq.of(lastSeq.incrementAndGet()), Seq.of(seq)));
        }
    }

    boolean isUp() {
        return cause == null;
    }

    /** Why the connection has ended. */
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
        } catch (SSLException e) {
            reason = TlsFailure.text(e);
        } catch (IOException | RuntimeException e) {
            reason = e.getMessage() == null ? e.getClass().getSimpleName() : e.getMessage();
        }
        end(new ServerConnectionException("connection to " + options.address() + " lost: " + reason, false));
    }

    private String readUntilEnd() throws IOException {
        while (true) {
            Frame frame = reader.next();
            if (frame == null) {
                return "the server closed it";
            }
            heardAt = System.nanoTime();
            dispatch(ReplyDecoder.decode(frame));
        }
    }

    /** Asks a silent server for a sign of life, and gives it up if there is none. */
    private void keepAlive() {
        long patience = options.keepAlive().toNanos();
        try {
            while (true) {
                long left = patience - (System.nanoTime() - heardAt);
                if (left > 0) {
                    if (ended.await(left, TimeUnit.NANOSECONDS)) {
                        return;
                    }
                    continue;
                }
                long before = heardAt;
                var _ = askNow(seq -> new Request.GetState(seq, EnumSet.noneOf(StatePart.class)));
                if (ended.await(patience, TimeUnit.NANOSECONDS)) {
                    return;
                } else if (heardAt == before) {
                    String reason = "no reply for " + 2 * options.keepAlive().toMillis() + " ms";
                    close("connection to " + options.address() + " lost: " + reason);
                    return;
                }
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
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
            ReplyReceiver receiver = receivers.get(seq);
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
            closeQuietly(stream);
            writer.close();
            receivers.keySet().removeIf(seq -> {
                ReplyReceiver receiver = receivers.get(seq);
                if (receiver != null) {
                    receiver.lost(reason);
                }
                return true;
            });
            ended.countDown();
        }
    }

    private static void closeQuietly(@Nullable Closeable stream) {
        try {
            if (stream != null) {
                stream.close();
            }
        } catch (IOException e) {
            // The connection is given up in any case.
        }
    }

    /** Takes the replies to one request, on the connection's reading thread: it must not block. */
    interface ReplyReceiver {
        /** Takes the next reply. Returns whether more may follow. */
        boolean receive(Reply reply);

        /** The connection broke: nothing more follows. */
        void lost(ServerConnectionException cause);
    }

    /** The reply to a request that has only one, and the thread that waits for it. */
    final class PendingReply implements ReplyReceiver {
        private final boolean write;
        private final CompletableFuture<Reply> reply = new CompletableFuture<>();
        private long number;

        /** @param write whether the outcome is unknown if the connection is lost */
        private PendingReply(boolean write) {
            this.write = write;
        }

        @Override
        public boolean receive(Reply received) {
            // A failure may be wrapped into a stream: ignore the start of the stream.
            return received instanceof Reply.StreamStart || !reply.complete(received);
        }

        @Override
        public void lost(ServerConnectionException lost) {
            reply.completeExceptionally(write ? lost.ofWrite() : lost);
        }

        /** The number of the request. */
        long number() {
            return number;
        }

        /** Waits for the reply; a failure is thrown. */
        Reply await() throws InterruptedException {
            Reply received = answer();
            if (received instanceof Reply.Failed failed) {
                throw ClientException.of(failed);
            }
            return received;
        }

        /** Waits for the reply, which may be a failure. */
        private Reply answer() throws InterruptedException {
            try {
                return reply.get();
            } catch (InterruptedException e) {
                receivers.remove(number);
                throw e;
            } catch (ExecutionException e) {
                throw e.getCause() instanceof ServerConnectionException lost ? lost : new IllegalStateException(e);
            }
        }
    }
}
