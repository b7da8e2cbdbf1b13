package distkv.client;

import distkv.model.Entry;
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

/** Takes all items of a {@code get_tree} into a list, right on the reading thread: they all have to be kept anyway. */
final class TreeCollector implements Receiver {
    private final Link link;
    private final PathExpander paths;
    private final List<Entry> entries = new ArrayList<>();
    private final CompletableFuture<List<Entry>> result = new CompletableFuture<>();
    private @Nullable ClientException failure;
    private long received;
    private long acknowledged;

    private TreeCollector(Link link, Path path) {
        this.link = link;
        this.paths = new PathExpander(path);
    }

    static List<Entry> collect(Link link, Path path, Function<Seq, Request> request) throws InterruptedException {
        TreeCollector collector = new TreeCollector(link, path);
        long seq = link.send(collector, request);
        try {
            return collector.result.get();
        } catch (InterruptedException e) {
            link.stop(seq);
            throw e;
        } catch (ExecutionException e) {
            throw e.getCause() instanceof ClientException failed ? failed : new IllegalStateException(e);
        }
    }

    @Override
    public boolean receive(Reply reply) {
        received++;
        if (link.window() > 0
                && received - acknowledged > link.window() / 3
                && reply.seq() instanceof Seq.Int(long n)) {
            acknowledged = received;
            link.acknowledge(n, received);
        }
        switch (reply) {
            case Reply.Item item
            when item.value() != null ->
                entries.add(new Entry(paths.next(item.depth(), item.path()), item.value(), item.tock(), 0));
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
