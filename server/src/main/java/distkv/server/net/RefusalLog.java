package distkv.server.net;

/** The log lines about clients that did not get as far as a log-in: a few a minute, and a count of the others, so that nobody can fill the log. */
final class RefusalLog {
    private static final System.Logger LOG = System.getLogger(RefusalLog.class.getName());
    private static final int LINES = 20;
    private static final long PERIOD_NANOS = 60_000_000_000L;

    private long begun = System.nanoTime();
    private int lines;
    private int silent;

    /** @param reason empty if nobody wants to know */
    synchronized void failed(PeerIdentity peer, String reason) {
        if (reason.isEmpty()) {
            return;
        }
        long now = System.nanoTime();
        if (now - begun > PERIOD_NANOS) {
            if (silent > 0) {
                LOG.log(System.Logger.Level.WARNING, "{0} more clients without a handshake or a log-in", silent);
            }
            begun = now;
            lines = 0;
            silent = 0;
        }
        if (lines < LINES) {
            lines++;
            LOG.log(System.Logger.Level.WARNING, "client {0} has no connection: {1}", peer, reason);
        } else {
            silent++;
        }
    }
}
