package distkv.client;

import distkv.model.Entry;
import distkv.model.Origin;
import distkv.model.Path;
import distkv.protocol.Etype;
import distkv.protocol.PathExpander;
import distkv.protocol.Reply;
import distkv.protocol.Request;
import distkv.protocol.Seq;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** Collects the items of a {@code get_tree} in a list, on the reading thread: they are all kept anyway. */
final class TreeCollector<T> implements ServerConnection.ReplyReceiver {
    private final ServerConnection connection;
    private final PathExpander paths;
    private final Factory<T> factory;
    private final List<T> entries = new ArrayList<>();
    private final CompletableFuture<List<T>> result = new CompletableFuture<>();
    private @Nullable ClientException failure;
    private long received;
    private long acknowledged;

    /** Makes what is kept of an entry. */
    interface Factory<T> {
        T of(Entry entry, @Nullable Origin origin);
    }

    private TreeCollector(ServerConnection connection, Path path, Factory<T> factory) {
        this.connection = connection;
        this.factory = factory;
        this.paths = new PathExpander(path);
    }

    static <T> List<T> collect(
            ServerConnection connection, Path path, Function<Seq, Request> request, Factory<T> factory)
            throws InterruptedException {
        TreeCollector<T> collector = new TreeCollector<>(connection, path, factory);
        long seq = connection.send(collector, request);
        try {
            return collector.result.get();
        } catch (InterruptedException e) {
            connection.stop(seq);
            throw e;
        } catch (ExecutionException e) {
            throw e.getCause() instanceof ClientException failed ? failed : new IllegalStateException(e);
        }
    }

    @Override
    public boolean receive(Reply reply) {
        received++;
        if (connection.window() > 0
                && received - acknowledged > connection.window() / 3
                && reply.seq() instanceof Seq.Int(long n)) {
            acknowledged = received;
            connection.acknowledge(n, received);
        }
        switch (reply) {
            case Reply.Item item
            when item.value() != null ->
                entries.add(factory.of(
                        new Entry(paths.next(item.depth(), item.path()), item.value(), item.tock(), 0), item.origin()));
            case Reply.Item item -> paths.next(item.depth(), item.path());
            case Reply.Failed failed when failed.etype() == Etype.NOTFOUND -> {}
            case Reply.Failed failed -> failure = ClientException.of(failed);
            case Reply.StreamEnd _ -> complete();
            default -> {}
        }
        boolean single = received == 1 && !(reply instanceof Reply.StreamStart);
        if (single) {
            complete();
        }
        return !result.isDone();
    }

    private void complete() {
        if (failure == null) {
            result.complete(entries);
        } else {
            result.completeExceptionally(failure);
        }
    }

    @Override
    public void lost(ServerConnectionException cause) {
        result.completeExceptionally(cause);
    }
}
