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
 * Requests that outlive their connection. When that is lost before the answer came, the request is made again on the next
 * one; a write says which it was, so that the server makes it once, whatever became of it ({@code again} in
 * {@code docs/protocol.md}). What is not answered within the client's timeout fails as it would have at once. With a
 * server that cannot do that, everything does.
 */
final class RetryingCall {
    /** The pause after a server did not know itself whether it has written something. */
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
     * Makes a request until its only reply is there; a failure is thrown.
     *
     * @param write whether it changes entries; if not it must do no harm when it is made twice
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
        ServerConnection.Sent sent = connection.ask(write, this::make);
        attempts.add(new WriteId(connection.writer(), sent.number()));
        return sent.await();
    }

    private Request make(Seq seq) {
        Request made = request.apply(seq);
        return write && !attempts.isEmpty() ? new Request.Again(made, List.copyOf(attempts), since) : made;
    }

    /** The connection to try again on; {@code null} if there is none before the timeout ends. */
    private @Nullable ServerConnection next(ClientException why) throws InterruptedException {
        if (deadline == 0) {
            deadline = System.nanoTime() + connector.options().callTimeout().toNanos();
        }
        if (attempts.size() >= Request.Again.MAX_ATTEMPTS || deadline - System.nanoTime() <= 0) {
            return null;
        }
        if (why instanceof UnknownOutcomeException) {
            if (attempts.size() > 1) {
                // It was asked after, and nobody knows.
                return null;
            }
            Thread.sleep(PAUSE_MILLIS);
        }
        ServerConnection connection = connector.awaitConnection(deadline);
        return connection != null && connection.settlesWrites() ? connection : null;
    }
}
