package distkv.server.net;

import java.net.InetSocketAddress;

/** The log lines about failed handshakes: a few a minute, and a count of the others, so that nobody can fill the log. */
final class HandshakeLog {
    private static final System.Logger LOG = System.getLogger(HandshakeLog.class.getName());
    private static final int LINES = 20;
    private static final long PERIOD_NANOS = 60_000_000_000L;

    private long begun = System.nanoTime();
    private int lines;
    private int silent;

    /** @param reason empty if nobody wants to know */
    synchronized void failed(InetSocketAddress address, String reason) {
        if (reason.isEmpty()) {
            return;
        }
        long now = System.nanoTime();
        if (now - begun > PERIOD_NANOS) {
            if (silent > 0) {
                LOG.log(System.Logger.Level.WARNING, "{0} more clients without a handshake", silent);
            }
            begun = now;
            lines = 0;
            silent = 0;
        }
        if (lines < LINES) {
            lines++;
            LOG.log(
                    System.Logger.Level.WARNING,
                    "client {0} has no connection: {1}",
                    new PeerIdentity.Tcp(address),
                    reason);
        } else {
            silent++;
        }
    }
}
