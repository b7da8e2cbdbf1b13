package distkv.server.net;

import distkv.server.memory.MemoryBudget;
import java.io.EOFException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.ClosedChannelException;
import java.nio.channels.SocketChannel;
import java.util.concurrent.atomic.AtomicInteger;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.SSLEngineResult;
import javax.net.ssl.SSLEngineResult.HandshakeStatus;
import javax.net.ssl.SSLException;
import org.jspecify.annotations.Nullable;

/**
 * The bytes of a connection in TLS records. An engine of the JDK encrypts and decrypts; this class moves records between
 * it and the socket. A message that fits into what the caller offers is decrypted right into it.
 */
final class TlsTransport implements Transport {
    /** The size of buffers: enough for the largest record, and for what the engine wants to be sure of. */
    static final int BUFFER = 17 * 1024;

    private static final int HEAD = 5;

    /** The largest record: a head, 16 KiB, and what the cipher adds. */
    private static final int RECORD = HEAD + 16 * 1024 + 256;

    /** Where in the head the length of the rest is. */
    private static final int LENGTH = 3;

    private static final int FIRST_TYPE = 20;
    private static final int LAST_TYPE = 23;

    /** How many records without data may come in a row, and how many answers to such records may be owed. */
    private static final int MOST_EMPTY = 32;

    private static final ByteBuffer NOTHING = ByteBuffer.allocate(0);

    /** What a handshake waits for. */
    enum HandshakeNeed {
        INPUT,
        OUTPUT,
        /** For {@link #runTasks}, which takes long. */
        TASKS,
        /** For nothing: it is over. */
        NOTHING
    }

    private final SocketChannel socket;
    private final SSLEngine engine;
    private final BufferPool buffers;
    private final MemoryBudget.Share memory;

    // Used by the reader only.
    /** Bytes from the socket that are not a whole record yet, or more than was asked for. */
    private @Nullable ByteBuffer incoming;

    /** Decrypted bytes for which the caller had no room. */
    private @Nullable ByteBuffer plain;

    private boolean heard;
    private boolean ended;
    private int empty;
    private int counted;

    // Used by the writer only.
    /** Encrypted bytes that the socket has not taken. */
    private @Nullable ByteBuffer outgoing;

    private int countedOut;

    /** How many answers the engine may have to send that are no data. */
    private final AtomicInteger owed = new AtomicInteger();

    /** @param memory accounts for the buffers; closed by {@link #release} */
    TlsTransport(SocketChannel socket, SSLEngine engine, BufferPool buffers, MemoryBudget.Share memory) {
        this.socket = socket;
        this.engine = engine;
        this.buffers = buffers;
        this.memory = memory;
    }

    @Override
    public SocketChannel socket() {
        return socket;
    }

    SSLEngine engine() {
        return engine;
    }

    /**
     * Goes on with the handshake, as far as that is possible without waiting. Called by one thread at a time.
     *
     * @throws IOException if it has failed
     */
    HandshakeNeed handshake() throws IOException {
        while (true) {
            if (!drain()) {
                return HandshakeNeed.OUTPUT;
            }
            switch (engine.getHandshakeStatus()) {
                case NEED_TASK -> {
                    return HandshakeNeed.TASKS;
                }
                case NEED_WRAP -> {
                    if (!wrap(nothing()) && engine.getHandshakeStatus() == HandshakeStatus.NEED_WRAP) {
                        throw new SSLException("the engine has nothing to send");
                    }
                }
                case NEED_UNWRAP, NEED_UNWRAP_AGAIN -> {
                    if (!hasRecord()) {
                        int count = receive();
                        countInput();
                        if (count < 0) {
                            throw new EOFException("the client has closed the connection");
                        } else if (count == 0) {
                            return HandshakeNeed.INPUT;
                        }
                    } else {
                        unwrapHandshake();
                    }
                }
                case NOT_HANDSHAKING, FINISHED -> {
                    return HandshakeNeed.NOTHING;
                }
            }
        }
    }

    private void unwrapHandshake() throws IOException {
        switch (engine.unwrap(input(), nothing()).getStatus()) {
            case OK -> countInput();
            case CLOSED -> throw new EOFException("the client has ended the handshake");
            case BUFFER_OVERFLOW, BUFFER_UNDERFLOW -> throw new SSLException("a record of an impossible size");
        }
    }

    /** Whether any byte has come from the client. */
    boolean hasHeard() {
        return heard;
    }

    /** Computes what a handshake needs computed. */
    void runTasks() {
        for (Runnable task = engine.getDelegatedTask(); task != null; task = engine.getDelegatedTask()) {
            task.run();
        }
    }

    @Override
    public int read(ByteBuffer target) throws IOException {
        int start = target.position();
        boolean received = false;
        while (target.hasRemaining()) {
            if (plain != null) {
                takePlain(plain, target);
            } else if (ended) {
                break;
            } else if (hasRecord()) {
                if (!unwrap(target, start)) {
                    break;
                }
            } else if (received || target.position() > start) {
                break;
            } else {
                received = true;
                ended = receive() < 0;
            }
        }
        countInput();
        int count = target.position() - start;
        return count == 0 && ended ? -1 : count;
    }

    private void takePlain(ByteBuffer from, ByteBuffer target) {
        int count = Math.min(from.remaining(), target.remaining());
        target.put(target.position(), from, from.position(), count);
        target.position(target.position() + count);
        from.position(from.position() + count);
        if (!from.hasRemaining()) {
            buffers.give(from);
            plain = null;
        }
    }

    /** Decrypts one record; false if there is no room for it, and something was read already. */
    private boolean unwrap(ByteBuffer target, int start) throws IOException {
        SSLEngineResult result = engine.unwrap(input(), target);
        if (result.getStatus() == SSLEngineResult.Status.BUFFER_OVERFLOW) {
            if (target.position() > start) {
                return false;
            }
            ByteBuffer room = buffers.take();
            result = engine.unwrap(input(), room);
            plain = room.flip();
        }
        switch (result.getStatus()) {
            case OK -> noteRecord(result);
            case CLOSED -> ended = true;
            case BUFFER_OVERFLOW, BUFFER_UNDERFLOW -> throw new SSLException("a record of an impossible size");
        }
        return true;
    }

    /** Bounds what records without data cost: an endless number of them would keep the reader, and the writer, busy. */
    private void noteRecord(SSLEngineResult result) throws SSLException {
        empty = result.bytesProduced() > 0 ? 0 : empty + 1;
        if (result.getHandshakeStatus() == HandshakeStatus.NEED_TASK) {
            runTasks();
        }
        boolean owes = empty > 0 && result.getHandshakeStatus() == HandshakeStatus.NEED_WRAP;
        if (empty > MOST_EMPTY || (owes && owed.incrementAndGet() > MOST_EMPTY)) {
            throw new SSLException("more than " + MOST_EMPTY + " records without data");
        }
    }

    @Override
    public boolean hasInput() {
        return plain != null || ended || hasRecord();
    }

    /** Whether a whole record has come, or bytes about which the engine has to say that they are none. */
    private boolean hasRecord() {
        ByteBuffer known = incoming;
        if (known == null || known.remaining() < HEAD) {
            return false;
        }
        int at = known.position();
        byte type = known.get(at);
        int length = known.getShort(at + LENGTH) & 0xFFFF;
        boolean isOne = type >= FIRST_TYPE && type <= LAST_TYPE && HEAD + length <= RECORD;
        return !isOne || known.remaining() >= HEAD + length;
    }

    private static ByteBuffer nothing() {
        return NOTHING.duplicate();
    }

    private ByteBuffer input() {
        ByteBuffer known = incoming;
        return known == null ? nothing() : known;
    }

    /** Reads the socket once; negative at the end. */
    private int receive() throws IOException {
        ByteBuffer target = incoming == null ? buffers.take() : incoming.compact();
        incoming = target;
        try {
            int count = socket.read(target);
            heard |= count > 0;
            return count;
        } finally {
            target.flip();
        }
    }

    /** Gives the input's buffer back if it is empty, and accounts for what is kept. */
    private void countInput() {
        ByteBuffer known = incoming;
        if (known != null && !known.hasRemaining()) {
            buffers.give(known);
            incoming = null;
        }
        int held = (incoming == null ? 0 : buffers.size()) + (plain == null ? 0 : buffers.size());
        if (held != counted) {
            memory.add(held - counted);
            counted = held;
        }
    }

    @Override
    public int write(ByteBuffer source) throws IOException {
        int start = source.position();
        while (source.hasRemaining() && drain()) {
            if (!wrap(source)) {
                throw new SSLException("the engine has nothing to send");
            }
        }
        drain();
        return source.position() - start;
    }

    @Override
    public boolean flush() throws IOException {
        if (!drain()) {
            return false;
        }
        if (owed.get() > 0) {
            while (engine.getHandshakeStatus() == HandshakeStatus.NEED_WRAP && wrap(nothing())) {
                if (!drain()) {
                    return false;
                }
            }
            owed.set(0);
        }
        return true;
    }

    /** Encrypts one record; false if there was nothing to encrypt. */
    private boolean wrap(ByteBuffer source) throws IOException {
        ByteBuffer target = buffers.take();
        SSLEngineResult result = engine.wrap(source, target);
        if (target.flip().hasRemaining()) {
            outgoing = target;
            return true;
        }
        buffers.give(target);
        return switch (result.getStatus()) {
            case OK -> false;
            case CLOSED -> throw new ClosedChannelException();
            case BUFFER_OVERFLOW, BUFFER_UNDERFLOW -> throw new SSLException("a record of an impossible size");
        };
    }

    /** Sends what is encrypted; false if the socket does not take all of it. */
    private boolean drain() throws IOException {
        ByteBuffer known = outgoing;
        if (known != null) {
            socket.write(known);
            if (!known.hasRemaining()) {
                buffers.give(known);
                outgoing = null;
            }
        }
        int held = outgoing == null ? 0 : buffers.size();
        if (held != countedOut) {
            memory.add(held - countedOut);
            countedOut = held;
        }
        return outgoing == null;
    }

    /** Sends the alert that ends the output, as far as the socket takes it. */
    @Override
    public void finish() throws IOException {
        engine.closeOutbound();
        boolean more = true;
        while (more && drain() && !engine.isOutboundDone()) {
            more = wrap(nothing());
        }
        drain();
    }

    @Override
    public boolean isOpen() {
        return socket.isOpen();
    }

    @Override
    public void close() throws IOException {
        socket.close();
    }

    @Override
    public void release() {
        memory.close();
    }
}
