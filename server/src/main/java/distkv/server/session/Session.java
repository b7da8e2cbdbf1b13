package distkv.server.session;

import distkv.model.Path;
import distkv.protocol.Etype;
import distkv.protocol.Frame;
import distkv.protocol.FrameReader;
import distkv.protocol.ProtocolException;
import distkv.protocol.Reply;
import distkv.protocol.Request;
import distkv.protocol.Seq;
import distkv.server.tree.Snapshot;
import java.io.IOException;
import java.io.InputStream;
import java.net.Socket;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/**
 * One connection. Its virtual thread reads the requests one after another, does them, and writes the replies that are
 * ready at once; everything else goes out through the {@link Outbox}, on a second thread. What was written is sent when
 * no further request has arrived.
 */
final class Session implements Runnable {
    static final List<Integer> VERSION = List.of(0, 65, 0);
    static final List<String> EXTENSIONS = List.of("session", "commit", "guard", "since", "window");

    /** The window that is offered, and how far a client may change it. */
    static final int WINDOW = 10;

    private static final int MIN_WINDOW = 4;
    private static final int MAX_WINDOW = 4_096;

    /** A connection that has this many streams gets no more. */
    static final int MAX_STREAMS = 100_000;

    /** How long a client that was refused may take to read why. */
    private static final int FAREWELL_MILLIS = 1_000;

    private static final System.Logger LOG = System.getLogger(Session.class.getName());

    private final Socket socket;
    private final Site site;
    private final FrameReader frames;
    private final Output output;
    private final Outbox outbox;
    private final InFlight inFlight;
    private final Lease lease;
    private final Handlers handlers;
    private final Map<Seq, Stream> streams = new ConcurrentHashMap<>();

    // Only the reader thread uses these.
    private Path root = Path.ROOT;
    private int window;

    Session(Socket socket, Site site) throws IOException {
        this.socket = socket;
        this.site = site;
        this.frames = new FrameReader(socket.getInputStream(), site.limits());
        this.output = new Output(socket.getOutputStream(), this::abort);
        this.outbox = new Outbox("distkv-writer", output, this::ended);
        this.inFlight = new InFlight(output::flush);
        this.lease = new Lease(site);
        this.handlers = new Handlers(this);
    }

    Site site() {
        return site;
    }

    Output output() {
        return output;
    }

    Outbox outbox() {
        return outbox;
    }

    InFlight inFlight() {
        return inFlight;
    }

    Lease lease() {
        return lease;
    }

    Path root() {
        return root;
    }

    void root(Path newRoot) {
        root = newRoot;
    }

    /** How many messages of a stream may be unacknowledged, 0 for any number. */
    int window() {
        return window;
    }

    void window(int wanted) {
        window = wanted <= 0 ? 0 : Math.clamp(wanted, MIN_WINDOW, MAX_WINDOW);
    }

    @Override
    public void run() {
        outbox.start();
        try {
            greet();
            read();
        } catch (ProtocolException e) {
            refuse(String.valueOf(e.getMessage()));
        } catch (IOException e) {
            LOG.log(System.Logger.Level.DEBUG, "connection lost", e);
        } finally {
            finish();
        }
    }

    private void greet() {
        Snapshot now = site.replica().snapshot();
        output.write(new Reply.Greeting(site.node(), VERSION, now.tock(), now.tock(), WINDOW, List.of(), EXTENSIONS));
        output.flush();
    }

    private void read() throws IOException {
        for (Frame frame = frames.next(); frame != null; frame = frames.next()) {
            Request request = Request.decode(frame);
            try {
                handlers.handle(request);
            } catch (RuntimeException e) {
                LOG.log(System.Logger.Level.ERROR, "fault while doing " + request, e);
                output.write(new Reply.Failed(request.seq(), "fault of the server: " + e, Etype.OTHER, tock()));
            }
            if (!frames.ready()) {
                output.flush();
            }
        }
    }

    /** Says why nothing more is read. */
    private void refuse(String reason) {
        output.write(new Reply.Failed(null, reason, Etype.REQUEST, tock()));
        output.flush();
        try {
            // What the client has sent and nobody read would make its system discard this last message.
            socket.shutdownOutput();
            socket.setSoTimeout(FAREWELL_MILLIS);
            InputStream in = socket.getInputStream();
            long end = System.nanoTime() + FAREWELL_MILLIS * 1_000_000L;
            byte[] unread = new byte[8 * 1024];
            while (in.read(unread) >= 0 && System.nanoTime() < end) {}
        } catch (IOException e) {
            LOG.log(System.Logger.Level.DEBUG, "client gone", e);
        }
    }

    /** Answers what was asked for, then closes. */
    private void finish() {
        inFlight.awaitNone();
        outbox.close();
        streams.values().forEach(Stream::close);
        streams.clear();
        abort();
    }

    /** Stops reading; what was asked for is still answered. */
    void stop() {
        try {
            socket.shutdownInput();
        } catch (IOException e) {
            LOG.log(System.Logger.Level.DEBUG, "closed already", e);
        }
    }

    /** Drops the connection. */
    void abort() {
        try {
            socket.close();
        } catch (IOException e) {
            LOG.log(System.Logger.Level.DEBUG, "closing", e);
        }
    }

    /** Whether something could not be sent for too long. */
    boolean isStuck() {
        return output.nanosWaiting() > site.patience().toNanos();
    }

    /** Takes note of a new stream; false, with an error to the client, if it cannot be. */
    boolean admit(Stream stream) {
        if (streams.size() >= MAX_STREAMS) {
            output.write(new Reply.Failed(
                    stream.seq(), "more than " + MAX_STREAMS + " streams on a connection", Etype.REFUSED, tock()));
            return false;
        }
        if (streams.putIfAbsent(stream.seq(), stream) != null) {
            output.write(new Reply.Failed(
                    stream.seq(),
                    "seq: that of a stream that has not ended (expected: another)",
                    Etype.REQUEST,
                    tock()));
            return false;
        }
        return true;
    }

    /** Ends a stream; false if there is none. */
    boolean stop(Seq seq) {
        Stream stream = streams.remove(seq);
        if (stream == null) {
            return false;
        }
        stream.stop();
        stream.close();
        outbox.ready(stream);
        return true;
    }

    void acknowledge(Seq seq, long wseq) {
        Stream stream = streams.get(seq);
        if (stream != null) {
            stream.acknowledge(wseq);
            outbox.ready(stream);
        }
    }

    /** The writer thread has sent a stream's last message. */
    private void ended(Stream stream) {
        if (streams.remove(stream.seq(), stream)) {
            stream.close();
        }
    }

    /** The newest tock. */
    long tock() {
        return site.replica().snapshot().tock();
    }
}
