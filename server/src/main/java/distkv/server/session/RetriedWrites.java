package distkv.server.session;

import distkv.model.Revision;
import distkv.model.WriteId;
import distkv.protocol.Etype;
import distkv.protocol.Reply;
import distkv.protocol.Request;
import distkv.store.CompactedException;
import distkv.store.CommitOutcome;
import distkv.store.StoreException;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Writes that were sent before, on connections that were lost before they were answered: what was made is answered as it
 * would have been then, what was not is made now, and what cannot be known is said to be so. Used by whoever has the
 * session's turn to read, and may wait.
 */
final class RetriedWrites {
    private final Connection session;
    private final ServerContext site;
    private final WriteRequests writes;

    RetriedWrites(Connection session, WriteRequests writes) {
        this.session = session;
        this.site = session.site();
        this.writes = writes;
    }

    /** Answers a write that was made already; returns the request that is still to be done, if there is one. */
    @Nullable
    Request settle(Request.Again again) {
        try {
            for (WriteId attempt : again.attempts()) {
                if (attempt.writer() == session.writer()) {
                    session.inFlight().awaitNone();
                } else if (!site.writers().end(attempt.writer())) {
                    return unknown(again, "the connection that it came on does not end");
                }
            }
            long after = Revision.ofTick(again.since());
            Found found = site.work().call(() -> find(again, after));
            return found.why() == null ? settle(again, found) : unknown(again, found.why());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return unknown(again, "the server is stopping");
        }
    }

    /**
     * What was made of a request, in order.
     *
     * @param parts those of its commits that were not the last one
     * @param last the last one, or the only one; {@code null} if it was not made
     * @param why it is not known, or {@code null} if it is
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
            Map<WriteId, List<Long>> written = site.writers().writtenBy(writers, after);
            for (WriteId attempt : again.attempts()) {
                for (long revision : written.getOrDefault(attempt.part(), List.of())) {
                    parts.add(site.store().committed(revision));
                }
                for (long revision : written.getOrDefault(attempt, List.of())) {
                    last = site.store().committed(revision);
                }
            }
            return new Found(parts, last, null);
        } catch (CompactedException e) {
            return new Found(List.of(), null, "history does not reach back to before it: " + e.getMessage());
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
        site.replica().await(last.revision());
        session.output().write(writes.made(again.write(), last));
        return null;
    }

    private @Nullable Request unknown(Request.Again again, String why) {
        session.output()
                .write(new Reply.Failed(
                        again.seq(),
                        "written or not, nobody knows: " + why + " (expected: read before you try again)",
                        Etype.UNKNOWN,
                        session.tock()));
        return null;
    }
}
