package distkv.client.transport;

import java.io.Closeable;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.Channels;
import java.nio.channels.SocketChannel;
import java.time.Duration;
import javax.net.ssl.SSLException;
import javax.net.ssl.SSLParameters;
import javax.net.ssl.SSLSocket;

/**
 * The bytes to and from a server, however it is reached. One thread may read while another one writes; closing it, from
 * any thread, ends both.
 */
public record ByteStream(InputStream in, OutputStream out, Closeable connection) implements Closeable {
    private static final String[] PROTOCOLS = {"TLSv1.3"};

    /**
     * Connects.
     *
     * @param tls for an address with TLS
     * @param timeout of the connection, and of the handshake
     * @throws IOException if there is no connection
     */
    public static ByteStream connect(Address address, TlsSettings tls, Duration timeout) throws IOException {
        int millis = Math.toIntExact(timeout.toMillis());
        return switch (address) {
            case Address.Tcp(String host, int port) -> {
                Socket socket = tcp(host, port, millis);
                yield new ByteStream(socket.getInputStream(), socket.getOutputStream(), socket);
            }
            case Address.Tls(String host, int port) -> tls(host, port, tls, millis);
            case Address.Unix(var path) -> unix(path);
        };
    }

    private static Socket tcp(String host, int port, int timeout) throws IOException {
        Socket socket = new Socket();
        try {
            socket.setTcpNoDelay(true);
            socket.connect(new InetSocketAddress(host, port), timeout);
            return socket;
        } catch (IOException e) {
            socket.close();
            throw e;
        }
    }

    private static ByteStream tls(String host, int port, TlsSettings settings, int timeout) throws IOException {
        var factory = TlsContext.of(settings).getSocketFactory();
        Socket plain = tcp(host, port, timeout);
        try {
            plain.setSoTimeout(timeout);
            String name = settings.name() == null ? host : settings.name();
            SSLSocket socket = (SSLSocket) factory.createSocket(plain, name, port, true);
            SSLParameters parameters = socket.getSSLParameters();
            parameters.setProtocols(PROTOCOLS);
            parameters.setEndpointIdentificationAlgorithm("HTTPS");
            socket.setSSLParameters(parameters);
            socket.startHandshake();
            socket.setSoTimeout(0);
            // The socket below is closed, since closing TLS waits for a thread that cannot write.
            return new ByteStream(socket.getInputStream(), socket.getOutputStream(), plain);
        } catch (SSLException e) {
            plain.close();
            throw new IOException(TlsFailure.text(e), e);
        } catch (IOException e) {
            plain.close();
            throw e;
        }
    }

    private static ByteStream unix(java.nio.file.Path path) throws IOException {
        SocketChannel channel = SocketChannel.open(StandardProtocolFamily.UNIX);
        try {
            channel.connect(UnixDomainSocketAddress.of(path));
            return new ByteStream(Channels.newInputStream(channel), Channels.newOutputStream(channel), channel);
        } catch (IOException e) {
            channel.close();
            throw e;
        }
    }

    @Override
    public void close() throws IOException {
        connection.close();
    }
}
