package distkv.client;

import distkv.model.WriteId;
import distkv.protocol.Reply;
import distkv.protocol.Request;
import distkv.protocol.Seq;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * A request that outlives its connection. When the connection is lost before the reply, the request is sent again on
 * the next one. A write names its earlier attempts, so that the server carries it out only once ({@code again} in
 * {@code docs/protocol.md}). Without a reply within the client's {@code callTimeout} the request fails; with a server
 * that does not support this, it fails at once.
 */
final class RetryingCall {
    /** The pause after the server itself did not know whether it had written. */
    private static final long PAUSE_MILLIS = 250;

    private final Connector connector;
    private final boolean write;
    private final Function<Seq, Request> request;
    private final List<WriteId> attempts = new ArrayList<>();
    private long since;
    private long deadline;

    private RetryingCall(Connector connector, boolean write, Function<Seq, Request> request) {
        this.connector = connector;
        this.write = write;
        this.request = request;
    }

    /**
     * Sends a request until its only reply arrives; a failure is thrown.
     *
     * @param write whether it changes entries; if not, it must be harmless to repeat
     */
    static Reply call(Connector connector, boolean write, Function<Seq, Request> request) throws InterruptedException {
        return new RetryingCall(connector, write, request).call();
    }

    private Reply call() throws InterruptedException {
        ServerConnection connection = connector.connection();
        if (!connection.settlesWrites()) {
            return connection.call(write, request);
        }
        if (write) {
            connection.hearTock();
            since = connection.newestTock();
        }
        while (true) {
            try {
                return attempt(connection);
            } catch (ServerConnectionException | UnknownOutcomeException e) {
                connection = next(e);
                if (connection == null) {
                    throw e;
                }
            }
        }
    }

    private Reply attempt(ServerConnection connection) throws InterruptedException {
        ServerConnection.PendingReply sent = connection.ask(write, this::make);
        attempts.add(new WriteId(connection.writer(), sent.number()));
        return sent.await();
    }

    private Request make(Seq seq) {
        Request made = request.apply(seq);
        return write && !attempts.isEmpty() ? new Request.Again(made, List.copyOf(attempts), since) : made;
    }

    /** The connection for the next attempt; {@code null}: there is none in time. */
    private @Nullable ServerConnection next(ClientException why) throws InterruptedException {
        if (deadline == 0) {
            deadline = System.nanoTime() + connector.options().callTimeout().toNanos();
        }
        if (attempts.size() >= Request.Again.MAX_ATTEMPTS || deadline - System.nanoTime() <= 0) {
            return null;
        }
        if (why instanceof UnknownOutcomeException) {
            if (attempts.size() > 1) {
                // The server was asked about the earlier attempts, and does not know their outcome.
                return null;
            }
            Thread.sleep(PAUSE_MILLIS);
        }
        ServerConnection connection = connector.awaitConnection(deadline);
        return connection != null && connection.settlesWrites() ? connection : null;
    }
}
