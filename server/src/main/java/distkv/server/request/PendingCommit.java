package distkv.server.request;

import distkv.model.Commit;
import distkv.model.Path;
import distkv.model.Write;
import distkv.model.process.Trace;
import distkv.model.process.VitalThreads;
import distkv.protocol.Etype;
import distkv.protocol.Reply;
import distkv.protocol.Seq;
import distkv.server.net.ConnectionWriter;
import distkv.store.CommitOutcome;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.function.Consumer;

/**
 * One commit between request and reply: the reader hands it to the store; when it is durable and visible in the replica,
 * the reply goes to the {@link ConnectionWriter}. Whatever happens, it is answered exactly once.
 */
final class PendingCommit {
    private static final System.Logger LOG = System.getLogger(PendingCommit.class.getName());

    private static final CommitOutcome LOST = new CommitOutcome.Unknown("this server no longer follows its store");

    private final RequestContext context;
    private final Seq seq;
    private final InFlightWrites.Ticket ticket;

    private PendingCommit(RequestContext context, Seq seq, InFlightWrites.Ticket ticket) {
        this.context = context;
        this.seq = seq;
        this.ticket = ticket;
    }

    /** Counts it among the writes in flight; waits while there are too many. */
    static PendingCommit admit(RequestContext context, Seq seq, List<Path> paths, long bytes) {
        InFlightWrites.Ticket ticket = new InFlightWrites.Ticket(paths, bytes);
        context.inFlight().add(ticket);
        return new PendingCommit(context, seq, ticket);
    }

    /** Like {@link #admit(RequestContext, Seq, List, long)}, for the writes of a commit. */
    static PendingCommit admit(RequestContext context, Seq seq, Commit commit) {
        long bytes = 0;
        for (Write write : commit.writes()) {
            bytes += write.value() == null ? 0 : write.value().size();
        }
        return admit(context, seq, commit.writes().stream().map(Write::path).toList(), bytes);
    }

    /**
     * Hands the commit to the store. When its outcome is known and the replica shows it, {@code settled} is called on
     * another thread: it must be quick, must not wait, and must lead to {@link #answer}.
     */
    void commit(Commit commit, Consumer<CommitOutcome> settled) {
        if (Trace.isOn()) {
            context.connection().trace(seq, "submitted", commit.writes().size() + " writes");
        }
        CompletableFuture<CommitOutcome> outcomes;
        try {
            outcomes = context.server().store().commit(commit);
        } catch (RuntimeException e) {
            LOG.log(System.Logger.Level.ERROR, "the store failed", e);
            settled.accept(new CommitOutcome.Unknown("the store failed: " + e));
            return;
        }
        // A future would swallow an error.
        var _ = outcomes.thenAccept(outcome -> VitalThreads.run(() -> decided(commit, outcome, settled)));
    }

    private void decided(Commit commit, CommitOutcome outcome, Consumer<CommitOutcome> settled) {
        if (outcome instanceof CommitOutcome.Committed(long revision, var _)) {
            context.access().committed(commit, revision);
        }
        if (Trace.isOn()) {
            context.connection().trace(seq, "decided", traceOf(outcome));
        }
        context.server()
                .replica()
                .whenReached(outcome.judgedAt(), () -> settle(settled, outcome), () -> settle(settled, LOST));
    }

    private static String traceOf(CommitOutcome outcome) {
        return switch (outcome) {
            case CommitOutcome.Committed(long revision, var _) -> "committed, revision " + revision;
            case CommitOutcome.Conflict(var _, var _, var _, long revision) -> "conflict at revision " + revision;
            case CommitOutcome.Refused(String reason, var _) -> "refused: " + reason;
            case CommitOutcome.Unknown(String reason) -> "outcome unknown: " + reason;
        };
    }

    private void settle(Consumer<CommitOutcome> settled, CommitOutcome outcome) {
        if (Trace.isOn()) {
            context.connection().trace(seq, "visible", "the replica has reached revision " + outcome.judgedAt());
        }
        try {
            settled.accept(outcome);
        } catch (RuntimeException e) {
            LOG.log(System.Logger.Level.ERROR, "internal error while answering a write", e);
            answer(new Reply.Failed(seq, "internal error: " + e, Etype.OTHER, context.tock()));
        }
    }

    void answer(Reply reply) {
        answer(List.of(reply));
    }

    void answer(List<? extends Reply> replies) {
        context.connection().writer().ready(replies, () -> context.inFlight().remove(ticket));
    }
}
