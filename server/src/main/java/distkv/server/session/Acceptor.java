package distkv.server.session;

import java.io.IOException;
import java.nio.channels.ClosedChannelException;
import java.nio.channels.FileChannel;
import java.nio.channels.SocketChannel;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * Accepts connections until its socket is closed, whatever goes wrong meanwhile: mostly the process has no descriptors
 * left, and then it waits until there are some. So that the failure can be told, which may need to open a file, it
 * keeps a few in reserve.
 */
final class Acceptor {
    /** How long to wait after a failure: its reason does not go away at once. */
    private static final long PAUSE_MILLIS = 50;

    private static final int RESERVE = 4;
    private static final System.Logger LOG = System.getLogger(Acceptor.class.getName());

    /** Where connections come from. */
    interface Source {
        SocketChannel accept() throws IOException;
    }

    /** Where they go. */
    interface Server {
        void serve(SocketChannel connection) throws IOException;
    }

    private final String what;
    private final List<FileChannel> reserve = new ArrayList<>();
    private boolean failing;

    private Acceptor(String what) {
        this.what = what;
    }

    /**
     * Goes on until the source is closed.
     *
     * @param what is accepted, for the log
     */
    static void run(String what, Source source, Server server) {
        Acceptor acceptor = new Acceptor(what);
        acceptor.stock();
        while (acceptor.accept(source, server)) {}
        acceptor.release();
    }

    private boolean accept(Source source, Server server) {
        SocketChannel connection;
        try {
            connection = source.accept();
        } catch (ClosedChannelException e) {
            // That is how it is told to end.
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
            server.serve(connection);
        } catch (IOException | RuntimeException e) {
            LOG.log(System.Logger.Level.DEBUG, "a connection that was accepted is gone", e);
        }
        return true;
    }

    private void failed(Exception reason) {
        if (!failing) {
            failing = true;
            release();
            LOG.log(System.Logger.Level.WARNING, "cannot accept {0}: {1}; trying until it works", what, reason);
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
            LOG.log(System.Logger.Level.TRACE, "nothing to keep in reserve", e);
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
