package distkv.server.session;

import distkv.model.Value;
import distkv.model.process.ScratchDirectory;
import distkv.model.process.VitalThreads;
import distkv.protocol.Etype;
import distkv.protocol.Frame;
import distkv.protocol.FrameLimits;
import distkv.protocol.FrameReader;
import distkv.protocol.Values;
import distkv.server.net.Acceptor;
import distkv.server.net.UnixSocket;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.channels.Channels;
import java.nio.channels.SocketChannel;
import java.nio.file.Path;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/**
 * The Unix socket that the witnesses of sessions connect to. Only this user can open its file, and a witness must know the
 * secret of its session.
 */
public final class WitnessSocket implements AutoCloseable {
    private static final System.Logger LOG = System.getLogger(WitnessSocket.class.getName());

    /** The messages of witnesses are short. */
    private static final FrameLimits LIMITS = new FrameLimits(1024, 8);

    private final SessionRecords records;
    private final WitnessRegistry witnesses;
    private final int max;
    private final UnixSocket listener;
    private final @Nullable ScratchDirectory ownDirectory;
    private final Set<SocketChannel> connections = ConcurrentHashMap.newKeySet();

    private WitnessSocket(
            SessionRecords records,
            WitnessRegistry witnesses,
            int max,
            UnixSocket listener,
            @Nullable ScratchDirectory ownDirectory) {
        this.records = records;
        this.witnesses = witnesses;
        this.max = max;
        this.listener = listener;
        this.ownDirectory = ownDirectory;
    }

    /**
     * Listens. Without such a socket everything works, but dead holders are noticed later; so a failure is logged, and
     * {@code null} is returned.
     *
     * @param directory where the socket goes, which nobody else uses; if it is {@code null} or its path is too long for a
     *     socket, a new directory among the temporary files is used
     * @param max how many witnesses there may be at once
     */
    public static @Nullable WitnessSocket open(
            @Nullable Path directory, SessionRecords records, WitnessRegistry witnesses, int max) {
        Path path = directory == null ? null : directory.toAbsolutePath().resolve("witness");
        ScratchDirectory own = null;
        try {
            if (path == null || !UnixSocket.fits(path)) {
                own = ScratchDirectory.create("distkv-server-");
                path = own.path().resolve("witness");
            }
            WitnessSocket socket = new WitnessSocket(records, witnesses, max, UnixSocket.open(path), own);
            VitalThreads.virtual(
                            "distkv-witnesses",
                            () -> Acceptor.run("witnesses", socket.listener.channel()::accept, socket::admit))
                    .start();
            return socket;
        } catch (IOException | RuntimeException e) {
            LOG.log(
                    System.Logger.Level.WARNING,
                    "no socket for witnesses at {0}: {1}; dead runners are noticed only when their sessions expire",
                    path,
                    e);
            return null;
        }
    }

    /** Where it is. */
    public String path() {
        return listener.path().toString();
    }

    private void admit(SocketChannel connection) {
        connections.add(connection);
        if (connections.size() > max || !listener.channel().isOpen()) {
            drop(connection);
        } else {
            VitalThreads.virtual("distkv-witness", () -> serve(connection)).start();
        }
    }

    private void serve(SocketChannel connection) {
        try {
            InputStream in = Channels.newInputStream(connection);
            Frame frame = new FrameReader(in, LIMITS).next();
            if (frame != null) {
                witness(connection, in, Values.decode(frame.copy()));
            }
        } catch (IOException | RuntimeException e) {
            LOG.log(System.Logger.Level.DEBUG, "a witness is gone", e);
        } finally {
            drop(connection);
        }
    }

    private void witness(SocketChannel connection, InputStream in, @Nullable Object hello) throws IOException {
        if (!(hello instanceof Map<?, ?> map)
                || !(map.get("session") instanceof Long session)
                || !(map.get("secret") instanceof String secret)
                || !records.isWitness(session, secret)) {
            String error = "session or secret: unknown to this server (expected: those of a live session)";
            write(connection, Values.encode(Map.of("error", error, "etype", Etype.SESSION.word())));
            return;
        }
        witnesses.began(session);
        try {
            write(connection, Values.encode(Map.of("session", session)));
            byte[] unused = new byte[64];
            while (in.read(unused) >= 0) {}
        } finally {
            witnesses.ended(session);
        }
    }

    private static void write(SocketChannel connection, Value message) throws IOException {
        ByteBuffer bytes = ByteBuffer.wrap(message.bytes());
        while (bytes.hasRemaining()) {
            connection.write(bytes);
        }
    }

    private void drop(SocketChannel connection) {
        connections.remove(connection);
        try {
            connection.close();
        } catch (IOException e) {
            LOG.log(System.Logger.Level.DEBUG, "closing", e);
        }
    }

    /** Drops all witnesses and removes the file. */
    @Override
    public void close() {
        try {
            listener.close();
            if (ownDirectory != null) {
                ownDirectory.close();
            }
        } catch (IOException e) {
            LOG.log(System.Logger.Level.DEBUG, "closing", e);
        }
        connections.forEach(this::drop);
    }
}
