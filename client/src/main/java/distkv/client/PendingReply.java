package distkv.client;

import distkv.protocol.Reply;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;

/** The reply to a request that has only one, and the thread that waits for it. */
final class PendingReply implements ReplyReceiver {
    private final boolean write;
    private final CompletableFuture<Reply> reply = new CompletableFuture<>();

    /** @param write whether the outcome is unknown if the connection is lost */
    PendingReply(boolean write) {
        this.write = write;
    }

    @Override
    public boolean receive(Reply received) {
        // A failure may be wrapped into a stream: ignore the start of the stream.
        return received instanceof Reply.StreamStart || !reply.complete(received);
    }

    @Override
    public void lost(ServerConnectionException cause) {
        reply.completeExceptionally(write ? cause.ofWrite() : cause);
    }

    CompletableFuture<Reply> reply() {
        return reply;
    }

    /** Waits for the reply; a failure is thrown. */
    Reply await() throws InterruptedException {
        try {
            return succeeded(reply.get());
        } catch (ExecutionException e) {
            throw e.getCause() instanceof ServerConnectionException lost ? lost : new IllegalStateException(e);
        }
    }

    static Reply succeeded(Reply reply) {
        if (reply instanceof Reply.Failed failed) {
            throw ClientException.of(failed);
        }
        return reply;
    }
}
