package distkv.runner.accept;

import distkv.model.Entry;
import distkv.model.Path;
import distkv.model.Value;
import distkv.runner.accept.AcceptedRevisions.AcceptedRevision;
import distkv.schema.BadEntry;
import distkv.schema.code.Catalog;
import distkv.schema.code.CodeEntry;
import distkv.schema.code.CodeId;
import distkv.schema.job.JobEntry;
import distkv.schema.job.Limits;
import distkv.schema.job.Reason;
import distkv.schema.sign.SignatureVerdict;
import distkv.schema.sign.SignedName;
import java.io.IOException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Judges all stored code once, when it comes, and jobs by what was found then. Signed code counts only when its revision
 * is recorded, so that after a crash no older one is accepted. Used by the decision thread only.
 */
public final class CodeGate implements Acceptance {
    /**
     * One piece of code.
     *
     * @param refusal what is wrong with it, whatever was accepted before; {@code null}: nothing
     * @param revision what its signature, which is valid, would have recorded; {@code null}: there is none
     */
    private record Judged(
            @Nullable NodeRefusal refusal, @Nullable AcceptedRevision revision, SignedTerms terms) {}

    /** Whose a job is that acts as nobody else. */
    private static final String OWNER = "owner";

    private final NodePolicy policy;
    private final Limits defaults;
    private final Set<String> labels;
    private final Consumer<String> log;
    private final Map<CodeId, Judged> pieces = new HashMap<>();
    /** The newest revisions of all that was accepted, as they are on disk. */
    private Map<SignedName, AcceptedRevision> recorded;

    private final Map<SignedName, AcceptedRevision> unrecorded = new LinkedHashMap<>();

    /**
     * A gate for a node.
     *
     * @param defaults how much a run may use whose job does not say
     * @param labels what the node has
     * @param recorded what the node had accepted before
     * @param log takes a line about each piece of code that is not as it should be
     */
    CodeGate(
            NodePolicy policy,
            Limits defaults,
            Set<String> labels,
            Map<SignedName, AcceptedRevision> recorded,
            Consumer<String> log) {
        this.policy = policy;
        this.defaults = defaults;
        this.labels = Set.copyOf(labels);
        this.recorded = recorded;
        this.log = log;
    }

    /** A gate that accepts everything. */
    public static CodeGate ofAnything() {
        return new CodeGate(NodePolicy.ANYTHING, Limits.NONE, Set.of(), Map.of(), line -> {});
    }

    /**
     * Judges code that is called here, outside of any runner. What it finds good is not recorded.
     *
     * @throws IOException if what this node has accepted before cannot be read; the message says why
     */
    public static Catalog.Judge ofCalls(NodePolicy policy) throws IOException {
        CodeGate gate = new CodeGate(
                policy, Limits.NONE, Set.of(), new AcceptedRevisions(policy.revisions()).load(), line -> {});
        return (piece, entry) -> {
            gate.changed(piece, entry);
            NodeRefusal refusal = gate.refusal(piece);
            return refusal == null || refusal.reason().code() == Reason.Code.NOT_RECORDED ? null : refusal.message();
        };
    }

    /** Takes in a change of stored code; returns whether it is judged otherwise than before. */
    public boolean changed(CodeId piece, Entry entry) {
        if (policy.signing() == SigningMode.OFF && policy.authors().isEmpty()) {
            return false;
        }
        Value value = entry.value();
        Judged before = pieces.get(piece);
        if (value == null) {
            return pieces.remove(piece) != null;
        }
        Judged now = judged(piece, value, entry.by());
        pieces.put(piece, now);
        SignedName name = SignedName.of(piece);
        if (now.revision() != null
                && !now.revision().equals(recorded.get(name))
                && now.revision().follows(recorded.get(name))
                && now.revision().follows(unrecorded.get(name))) {
            unrecorded.put(name, now.revision());
        }
        if (!now.equals(before)) {
            tell(piece);
        }
        return !now.equals(before);
    }

    private Judged judged(CodeId piece, Value value, @Nullable String by) {
        if (!isAuthor(by)) {
            return new Judged(authorRefused(SignedName.of(piece), by), null, SignedTerms.NONE);
        }
        if (policy.signing() == SigningMode.OFF) {
            return new Judged(null, null, SignedTerms.NONE);
        }
        return switch (SignatureVerdict.of(SignedName.of(piece), value, policy.keys())) {
            case SignatureVerdict.Valid valid -> {
                try {
                    SignedTerms terms = piece.sort() == CodeId.Sort.MODULE ? SignedTerms.NONE : SignedTerms.read(value);
                    yield new Judged(null, new AcceptedRevision(valid.revision(), valid.digest()), terms);
                } catch (BadEntry e) {
                    NodeRefusal broken = new NodeRefusal(
                            Reason.Code.BEYOND_SIGNED,
                            SignedName.of(piece),
                            SignedName.of(piece) + ": " + e.getMessage());
                    yield new Judged(broken, null, SignedTerms.NONE);
                }
            }
            case SignatureVerdict.Refused(Reason.Code why, String message) ->
                new Judged(new NodeRefusal(why, SignedName.of(piece), message), null, SignedTerms.NONE);
        };
    }

    private boolean isAuthor(@Nullable String by) {
        return policy.authors().isEmpty() || (by != null && policy.authors().contains(by));
    }

    private NodeRefusal authorRefused(Object what, @Nullable String by) {
        return new NodeRefusal(
                Reason.Code.AUTHOR_NOT_ACCEPTED,
                what,
                what + " was written by " + (by == null ? "nobody known" : by) + " (expected: "
                        + String.join(" or ", new TreeSet<>(policy.authors())) + ")");
    }

    private void tell(CodeId piece) {
        NodeRefusal refusal = unmindful(piece);
        if (refusal != null && refusal.reason().code() != Reason.Code.NOT_RECORDED) {
            log.accept(refusal.message());
        }
    }

    /** Why a piece of code is not accepted; {@code null} if it is. */
    public @Nullable NodeRefusal refusal(CodeId piece) {
        NodeRefusal refusal = unmindful(piece);
        boolean counts = policy.signing() == SigningMode.REQUIRED
                || (refusal != null && refusal.reason().code() == Reason.Code.AUTHOR_NOT_ACCEPTED);
        return counts ? refusal : null;
    }

    /** What is wrong with a piece of code, whether or not this node minds. */
    private @Nullable NodeRefusal unmindful(CodeId piece) {
        Judged judged = pieces.get(piece);
        SignedName name = SignedName.of(piece);
        if (judged == null) {
            // What was not judged was not seen.
            return policy.signing() == SigningMode.OFF && policy.authors().isEmpty()
                    ? null
                    : new NodeRefusal(Reason.Code.UNSIGNED, name, name + " is not known");
        }
        AcceptedRevision mine = judged.revision();
        if (mine == null) {
            return judged.refusal();
        }
        AcceptedRevision newest = recorded.get(name);
        if (mine.equals(newest)) {
            return null;
        }
        return mine.follows(newest)
                ? new NodeRefusal(
                        Reason.Code.NOT_RECORDED,
                        name,
                        name + ": that it was accepted could not be recorded (expected: room in " + policy.revisions()
                                + ", which the runner may write)")
                : older(name, mine, Objects.requireNonNull(newest));
    }

    private static NodeRefusal older(SignedName name, AcceptedRevision mine, AcceptedRevision newest) {
        String expected = mine.revision() == newest.revision()
                ? "the code that this node has accepted as revision " + newest.revision() + ", or a newer revision"
                : "revision " + newest.revision() + ", which this node has accepted, or a newer one";
        return new NodeRefusal(
                Reason.Code.OLDER_THAN_ACCEPTED,
                name,
                name + " has revision " + mine.revision() + " (expected: " + expected
                        + "; to go back to older code, sign that anew)");
    }

    @Override
    public @Nullable NodeRefusal refusal(JobEntry job, Catalog stored) {
        if (policy.acceptsAll() || job.code() == null || !(stored.find(job.code()) instanceof CodeEntry.Found code)) {
            return null;
        }
        String author = job.as() == null ? OWNER : job.as();
        return isAuthor(author) ? refusal(job, code) : authorRefused("job", author);
    }

    private @Nullable NodeRefusal refusal(JobEntry job, CodeEntry.Found code) {
        CodeId procedure = CodeId.procedure(code.procedure().path());
        NodeRefusal refusal = refusal(procedure);
        for (CodeId needed : code.needs().keySet()) {
            refusal = refusal == null ? refusal(needed) : refusal;
        }
        Limits limits = job.limits().over(defaults);
        String beyond = limits.beyond(policy.limits());
        if (refusal == null && beyond != null) {
            refusal = new NodeRefusal(
                    Reason.Code.LIMITS_NOT_ACCEPTED,
                    beyond,
                    "limits." + beyond + ": " + limits.text(beyond) + " (expected: at most "
                            + policy.limits().text(beyond) + " on this node)");
        }
        Judged judged = pieces.get(procedure);
        if (refusal == null && policy.signing() == SigningMode.REQUIRED && judged != null) {
            String wrong = judged.terms().brokenBy(job, limits, code.procedure(), labels);
            refusal = wrong == null
                    ? null
                    : new NodeRefusal(
                            Reason.Code.BEYOND_SIGNED, code.procedure().path(), wrong);
        }
        return refusal;
    }

    /** Whether code waits for its acceptance to be recorded: until that is known, nothing is begun. */
    public boolean isRecording() {
        return !unrecorded.isEmpty();
    }

    /** What is to be recorded; empty: nothing. */
    Map<SignedName, AcceptedRevision> unrecorded() {
        return Map.copyOf(unrecorded);
    }

    /**
     * What was tried to be recorded is, or could not be.
     *
     * @param batch what was tried
     * @param newest what is recorded now; {@code null}: it could not be written
     * @return the code that is judged otherwise than before
     */
    List<CodeId> recorded(Map<SignedName, AcceptedRevision> batch, @Nullable Map<SignedName, AcceptedRevision> newest) {
        if (newest != null) {
            recorded = newest;
        }
        batch.forEach(unrecorded::remove);
        List<CodeId> changed = new ArrayList<>();
        for (SignedName name : batch.keySet()) {
            for (CodeId.Sort sort : CodeId.Sort.values()) {
                CodeId piece = new CodeId(sort, name.path());
                if (sort.word().equals(name.sort()) && pieces.containsKey(piece)) {
                    changed.add(piece);
                    if (newest != null) {
                        tell(piece);
                    }
                }
            }
        }
        return changed;
    }

    /** Tries again what could not be recorded. */
    void retry() {
        for (Map.Entry<CodeId, Judged> each : pieces.entrySet()) {
            SignedName name = SignedName.of(each.getKey());
            AcceptedRevision mine = each.getValue().revision();
            if (mine != null && !mine.equals(recorded.get(name)) && mine.follows(recorded.get(name))) {
                unrecorded.putIfAbsent(name, mine);
            }
        }
    }

    /** Why a module is not given to workers; {@code null} if it is. */
    public @Nullable String moduleRefusal(Path path) {
        if (policy.acceptsAll()) {
            return null;
        }
        NodeRefusal refusal = refusal(CodeId.module(path));
        return refusal == null ? null : refusal.message();
    }
}
