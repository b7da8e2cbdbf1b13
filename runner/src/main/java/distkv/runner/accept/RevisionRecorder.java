package distkv.runner.accept;

import distkv.model.process.VitalThreads;
import distkv.runner.accept.AcceptedRevisions.AcceptedRevision;
import distkv.schema.code.CodeId;
import distkv.schema.job.Limits;
import distkv.schema.sign.SignedName;
import java.io.IOException;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** Writes down what a gate has accepted, one batch at a time, on threads of its own. Used by the decision thread. */
public final class RevisionRecorder {
    /** When to try again what could not be written, in seconds. */
    private static final double RETRY = 5;

    /** What became of a batch. */
    public static final class RecordOutcome {
        private final Map<SignedName, AcceptedRevision> batch;
        private final @Nullable Map<SignedName, AcceptedRevision> newest;
        private final @Nullable String trouble;

        private RecordOutcome(
                Map<SignedName, AcceptedRevision> batch,
                @Nullable Map<SignedName, AcceptedRevision> newest,
                @Nullable String trouble) {
            this.batch = batch;
            this.newest = newest;
            this.trouble = trouble;
        }

        /** Why it could not be written; {@code null}: it was. */
        public @Nullable String trouble() {
            return trouble;
        }
    }

    private final AcceptedRevisions revisions;
    private final CodeGate gate;
    private final Consumer<RecordOutcome> told;
    private boolean isUnderWay;
    private double retryAt = Double.POSITIVE_INFINITY;

    private RevisionRecorder(AcceptedRevisions revisions, CodeGate gate, Consumer<RecordOutcome> told) {
        this.revisions = revisions;
        this.gate = gate;
        this.told = told;
    }

    /**
     * Reads what this node has accepted before.
     *
     * @param log takes a line about each piece of code that is not as it should be
     * @param told takes what became of each batch, on any thread
     * @throws IOException if that cannot be read; the message says why
     */
    public static RevisionRecorder open(
            NodePolicy policy, Limits defaults, Set<String> labels, Consumer<String> log, Consumer<RecordOutcome> told)
            throws IOException {
        AcceptedRevisions revisions = new AcceptedRevisions(policy.revisions());
        CodeGate gate = new CodeGate(policy, defaults, labels, revisions.load(), log);
        return new RevisionRecorder(revisions, gate, told);
    }

    /** What it writes down the decisions of. */
    public CodeGate gate() {
        return gate;
    }

    /** Begins to write what is not written yet; returns when to call again at the latest. */
    public double run(double now) {
        if (now >= retryAt) {
            retryAt = Double.POSITIVE_INFINITY;
            gate.retry();
        }
        if (!isUnderWay && gate.isRecording()) {
            isUnderWay = true;
            Map<SignedName, AcceptedRevision> batch = gate.unrecorded();
            VitalThreads.virtual("runner revisions", () -> told.accept(write(batch)))
                    .start();
        }
        return retryAt;
    }

    private RecordOutcome write(Map<SignedName, AcceptedRevision> batch) {
        try {
            return new RecordOutcome(batch, revisions.add(batch), null);
        } catch (IOException e) {
            return new RecordOutcome(
                    batch, null, "code was not accepted, since that cannot be recorded: " + e.getMessage());
        }
    }

    /** Takes in what became of a batch; returns the code that is judged otherwise now. */
    public List<CodeId> done(RecordOutcome outcome, double now) {
        isUnderWay = false;
        if (outcome.newest == null) {
            retryAt = now + RETRY;
        }
        return gate.recorded(outcome.batch, outcome.newest);
    }
}
