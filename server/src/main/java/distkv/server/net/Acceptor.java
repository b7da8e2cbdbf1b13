package distkv.server.net;

import java.io.IOException;
import java.nio.channels.ClosedChannelException;
import java.nio.channels.FileChannel;
import java.nio.channels.SocketChannel;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * Accepts connections until its socket is closed, whatever fails meanwhile. Usually that means that the process is out of
 * file descriptors; the acceptor then retries until there are some. It keeps a few in reserve, as logging the failure may
 * need to open a file.
 */
public final class Acceptor {
    /** The pause after a failure, whose reason is unlikely to go away at once. */
    private static final long PAUSE_MILLIS = 50;

    private static final int RESERVE = 4;
    private static final System.Logger LOG = System.getLogger(Acceptor.class.getName());

    /** Where connections come from. */
    public interface Source {
        SocketChannel accept() throws IOException;
    }

    /** Where they go. */
    public interface Handler {
        void serve(SocketChannel connection) throws IOException;
    }

    private final String what;
    private final List<FileChannel> reserve = new ArrayList<>();
    private boolean failing;

    private Acceptor(String what) {
        this.what = what;
    }

    /**
     * Accepts until the source is closed.
     *
     * @param what is accepted, for the log
     */
    public static void run(String what, Source source, Handler handler) {
        Acceptor acceptor = new Acceptor(what);
        acceptor.stock();
        while (acceptor.accept(source, handler)) {}
        acceptor.release();
    }

    private boolean accept(Source source, Handler handler) {
        SocketChannel connection;
        try {
            connection = source.accept();
        } catch (ClosedChannelException e) {
            // This is the signal to end.
            return false;
        } catch (IOException | RuntimeException e) {
            failed(e);
            return true;
        }
        if (failing) {
            failing = false;
            LOG.log(System.Logger.Level.INFO, "accepting {0} again", what);
        }
        try {
            handler.serve(connection);
        } catch (IOException | RuntimeException e) {
            LOG.log(System.Logger.Level.DEBUG, "an accepted connection is gone", e);
        }
        return true;
    }

    private void failed(Exception reason) {
        if (!failing) {
            failing = true;
            release();
            LOG.log(System.Logger.Level.WARNING, "cannot accept {0}: {1}; retrying", what, reason);
        }
        try {
            Thread.sleep(PAUSE_MILLIS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        stock();
    }

    private void stock() {
        try {
            while (reserve.size() < RESERVE) {
                reserve.add(FileChannel.open(Path.of("/dev/null")));
            }
        } catch (IOException e) {
            LOG.log(System.Logger.Level.TRACE, "no descriptor for the reserve", e);
        }
    }

    private void release() {
        for (FileChannel kept : reserve) {
            try {
                kept.close();
            } catch (IOException e) {
                LOG.log(System.Logger.Level.TRACE, "closing", e);
            }
        }
        reserve.clear();
    }
}
