package distkv.bench;

import java.io.Closeable;
import java.io.IOException;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.SocketTimeoutException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;

/**
 * Receives datagrams in which stored code says that it runs, so that nothing but the network lies between the code and
 * the clock.
 */
final class JobSignals implements Closeable {
    /** The code that sends a datagram. Its variables are {@code signal}, the port, and {@code name}. */
    static final String SEND = """
            import socket
            socket.socket(socket.AF_INET, socket.SOCK_DGRAM).sendto(name.encode(), ("127.0.0.1", signal))
            """;

    private static final int WAITING = 1 << 20;

    private final DatagramSocket socket;

    JobSignals() throws IOException {
        socket = new DatagramSocket(0, InetAddress.getLoopbackAddress());
        socket.setReceiveBufferSize(WAITING);
    }

    /** The port: the variable {@code signal} of the code. */
    long port() {
        return socket.getLocalPort();
    }

    /** Waits for the next datagram. Returns the name of its sender. */
    String next(Duration timeout) throws IOException {
        DatagramPacket packet = new DatagramPacket(new byte[256], 256);
        socket.setSoTimeout((int) timeout.toMillis());
        try {
            socket.receive(packet);
        } catch (SocketTimeoutException late) {
            throw new IOException("no job has said that it runs for " + timeout.toSeconds() + " s", late);
        }
        return new String(packet.getData(), 0, packet.getLength(), StandardCharsets.UTF_8);
    }

    @Override
    public void close() {
        socket.close();
    }
}
