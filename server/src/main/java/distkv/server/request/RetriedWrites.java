package distkv.server.request;

import distkv.model.Revision;
import distkv.model.WriteId;
import distkv.protocol.Request;
import distkv.store.CommitOutcome;
import distkv.store.CompactedException;
import distkv.store.StoreException;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Writes that were sent before, on connections that were lost before the answer. One that was committed is answered as it
 * would have been then, one that was not is made now, and if that cannot be known, the client is told so.
 */
final class RetriedWrites {
    private final RequestContext context;
    private final ServerContext server;
    private final WriteRequests writes;

    RetriedWrites(RequestContext context, WriteRequests writes) {
        this.context = context;
        this.server = context.server();
        this.writes = writes;
    }

    /** Answers a write that was committed already; returns the request that is still to be done, if there is one. */
    @Nullable
    Request settle(Request.Again again) {
        try {
            for (WriteId attempt : again.attempts()) {
                if (attempt.writer() == context.writer()) {
                    context.inFlight().awaitNone();
                } else if (!server.writers().end(attempt.writer())) {
                    return unknown(again, "the connection that it was sent on does not end");
                }
            }
            long after = Revision.ofTick(again.since());
            Found found = server.executor().call(() -> find(again, after));
            return found.why() == null ? settle(again, found) : unknown(again, found.why());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return unknown(again, "the server is stopping");
        }
    }

    /**
     * The commits that were made for a request, in order.
     *
     * @param parts all but the last one
     * @param last the last or only one; {@code null} if it was not made
     * @param why this cannot be known; {@code null} if it is known
     */
    private record Found(
            List<CommitOutcome.Committed> parts,
            CommitOutcome.@Nullable Committed last,
            @Nullable String why) {}

    private Found find(Request.Again again, long after) {
        Set<Long> writers = new HashSet<>();
        again.attempts().forEach(attempt -> writers.add(attempt.writer()));
        List<CommitOutcome.Committed> parts = new ArrayList<>();
        CommitOutcome.Committed last = null;
        try {
            Map<WriteId, List<Long>> written = server.writers().writtenBy(writers, after);
            for (WriteId attempt : again.attempts()) {
                for (long revision : written.getOrDefault(attempt.part(), List.of())) {
                    parts.add(server.store().committed(revision));
                }
                for (long revision : written.getOrDefault(attempt, List.of())) {
                    last = server.store().committed(revision);
                }
            }
            return new Found(parts, last, null);
        } catch (CompactedException e) {
            return new Found(List.of(), null, "history does not reach back that far: " + e.getMessage());
        } catch (IllegalArgumentException e) {
            return new Found(List.of(), null, "since: " + e.getMessage());
        } catch (StoreException e) {
            return new Found(List.of(), null, String.valueOf(e.getMessage()));
        }
    }

    private @Nullable Request settle(Request.Again again, Found found) {
        CommitOutcome.Committed last = found.last();
        if (again.write() instanceof Request.DeleteTree delete
                && !(last == null && found.parts().isEmpty())) {
            List<CommitOutcome.Committed> before = new ArrayList<>(found.parts());
            if (last != null) {
                before.add(last);
            }
            writes.deleteTree(delete, before, last != null);
            return null;
        }
        if (last == null) {
            return again.write();
        }
        server.replica().await(last.revision());
        context.write(writes.committed(again.write(), last));
        return null;
    }

    private @Nullable Request unknown(Request.Again again, String why) {
        context.write(ErrorReplies.unknown(again.seq(), why, context.tock()));
        return null;
    }
}
