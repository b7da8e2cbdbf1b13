package distkv.server.net;

import java.io.ByteArrayOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.SSLEngineResult.HandshakeStatus;

/** A client that decides which bytes of TLS go into which packet. */
final class ClientTls implements AutoCloseable {
    private final Socket socket;
    private final SSLEngine engine;
    private final int piece;
    private final ByteArrayOutputStream received = new ByteArrayOutputStream();
    private final ByteBuffer in = ByteBuffer.allocate(1 << 16).flip();

    /** @param piece how many bytes are sent at once */
    ClientTls(int port, SSLContext context, int piece) throws IOException {
        this.socket = new Socket(InetAddress.getLoopbackAddress(), port);
        this.socket.setTcpNoDelay(true);
        this.socket.setSoTimeout(20_000);
        this.engine = context.createSSLEngine("localhost", port);
        this.engine.setUseClientMode(true);
        this.piece = piece;
    }

    /** Shakes hands; then {@code first} follows in the same packet as the last bytes of the handshake. */
    void open(byte[] first) throws IOException {
        engine.beginHandshake();
        ByteBuffer out = ByteBuffer.allocate(1 << 16);
        while (engine.getHandshakeStatus() != HandshakeStatus.NOT_HANDSHAKING) {
            switch (engine.getHandshakeStatus()) {
                case NEED_TASK -> engine.getDelegatedTask().run();
                case NEED_WRAP -> engine.wrap(ByteBuffer.allocate(0), out);
                default -> {
                    send(out);
                    unwrap(ByteBuffer.allocate(1 << 16));
                }
            }
        }
        engine.wrap(ByteBuffer.wrap(first), out);
        send(out);
    }

    private void send(ByteBuffer out) throws IOException {
        byte[] all = new byte[out.flip().remaining()];
        out.get(all).clear();
        for (int from = 0; from < all.length; from += piece) {
            socket.getOutputStream().write(Arrays.copyOfRange(all, from, Math.min(from + piece, all.length)));
        }
    }

    /** Sends each of these in a record of its own, all together. */
    void write(byte[]... records) throws IOException {
        ByteBuffer out = ByteBuffer.allocate(1 << 20);
        for (byte[] record : records) {
            engine.wrap(ByteBuffer.wrap(record), out);
        }
        send(out);
    }

    /** Has the engine ask for new keys, which the other side must answer. */
    void renewKeys() throws IOException {
        engine.beginHandshake();
        ByteBuffer out = ByteBuffer.allocate(1 << 16);
        while (engine.getHandshakeStatus() == HandshakeStatus.NEED_WRAP) {
            engine.wrap(ByteBuffer.allocate(0), out);
        }
        send(out);
    }

    /** Ends the output, as TLS does it, and no more. */
    void finish() throws IOException {
        engine.closeOutbound();
        ByteBuffer out = ByteBuffer.allocate(1 << 16);
        engine.wrap(ByteBuffer.allocate(0), out);
        send(out);
    }

    /** Reads until the server has said this word this often, since the beginning. */
    void await(String word, int times) throws IOException {
        while (received.toString(StandardCharsets.ISO_8859_1).split(word, -1).length <= times) {
            ByteBuffer target = ByteBuffer.allocate(1 << 16);
            unwrap(target);
            received.write(target.array(), 0, target.position());
        }
    }

    /** Whether the server ends the connection as TLS does it. */
    boolean isEnded() throws IOException {
        while (!engine.isInboundDone()) {
            unwrap(ByteBuffer.allocate(1 << 16));
        }
        return true;
    }

    private void unwrap(ByteBuffer target) throws IOException {
        while (true) {
            switch (engine.unwrap(in, target).getStatus()) {
                case BUFFER_UNDERFLOW -> {
                    byte[] more = new byte[1 << 14];
                    int count = socket.getInputStream().read(more);
                    if (count < 0) {
                        throw new EOFException("the server has closed the connection");
                    }
                    in.compact().put(more, 0, count).flip();
                }
                case BUFFER_OVERFLOW -> throw new IOException("a record of an impossible size");
                case OK, CLOSED -> {
                    return;
                }
            }
        }
    }

    @Override
    public void close() throws IOException {
        socket.close();
    }
}
