package distkv.server.session;

import distkv.model.Commit;
import distkv.model.Path;
import distkv.model.Write;
import distkv.protocol.Etype;
import distkv.protocol.Reply;
import distkv.protocol.Seq;
import distkv.store.CommitOutcome;
import distkv.store.VitalThreads;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.function.Consumer;

/**
 * One commit on its way: from the session's reader into the store, then, when it is durable and the replica shows it,
 * as a reply into the {@link ConnectionWriter}. Whatever happens, it is answered exactly once.
 */
final class PendingCommit {
    private static final System.Logger LOG = System.getLogger(PendingCommit.class.getName());

    private static final CommitOutcome LOST = new CommitOutcome.Unknown("this server has stopped to follow its store");

    private final Connection session;
    private final Seq seq;
    private final InFlightWrites.Ticket ticket;

    private PendingCommit(Connection session, Seq seq, InFlightWrites.Ticket ticket) {
        this.session = session;
        this.seq = seq;
        this.ticket = ticket;
    }

    /** Takes its place among the writes in flight; waits while there are too many. Called by the session's reader. */
    static PendingCommit admit(Connection session, Seq seq, List<Path> paths, long bytes) {
        InFlightWrites.Ticket ticket = new InFlightWrites.Ticket(paths, bytes);
        session.inFlight().add(ticket);
        return new PendingCommit(session, seq, ticket);
    }

    /** As {@link #admit(Connection, Seq, List, long)}, for the writes of a commit. */
    static PendingCommit admit(Connection session, Seq seq, Commit commit) {
        long bytes = 0;
        for (Write write : commit.writes()) {
            bytes += write.value() == null ? 0 : write.value().size();
        }
        return admit(session, seq, commit.writes().stream().map(Write::path).toList(), bytes);
    }

    /**
     * Asks the store for a commit. When it has happened, or has not, and the replica shows why, {@code settled} is
     * called: on another thread, so it must be short and must not wait. It must lead to {@link #answer}.
     */
    void commit(Commit commit, Consumer<CommitOutcome> settled) {
        CompletableFuture<CommitOutcome> asked;
        try {
            asked = session.site().store().commit(commit);
        } catch (RuntimeException e) {
            LOG.log(System.Logger.Level.ERROR, "the store failed", e);
            settled.accept(new CommitOutcome.Unknown("the store failed: " + e));
            return;
        }
        // A future would keep a fault to itself.
        var _ = asked.thenAccept(outcome -> VitalThreads.run(() -> session.site()
                .replica()
                .whenReached(outcome.judgedAt(), () -> settle(settled, outcome), () -> settle(settled, LOST))));
    }

    private void settle(Consumer<CommitOutcome> settled, CommitOutcome outcome) {
        try {
            settled.accept(outcome);
        } catch (RuntimeException e) {
            LOG.log(System.Logger.Level.ERROR, "fault while answering a write", e);
            answer(new Reply.Failed(seq, "fault of the server: " + e, Etype.OTHER, session.tock()));
        }
    }

    void answer(Reply reply) {
        answer(List.of(reply));
    }

    void answer(List<? extends Reply> replies) {
        session.outbox().done(replies, () -> session.inFlight().remove(ticket));
    }
}
