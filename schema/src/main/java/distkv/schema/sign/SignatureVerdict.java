package distkv.schema.sign;

import distkv.model.Bytes;
import distkv.model.Value;
import distkv.schema.job.Reason;
import distkv.schema.sign.TrustedKeys.TrustedKey;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** What a node thinks of the signature of an entry. */
public sealed interface SignatureVerdict {
    /**
     * It was signed as it is, for this name, by a key that may do that.
     *
     * @param digest of all that is signed but revision and key
     */
    record Valid(TrustedKey by, long revision, Bytes digest) implements SignatureVerdict {}

    /**
     * It was not.
     *
     * @param why one of the reasons that are about signatures
     * @param message a sentence that says what is wrong, and what was expected
     */
    record Refused(Reason.Code why, String message) implements SignatureVerdict {}

    /** Judges an entry. */
    static SignatureVerdict of(SignedName name, Value entry, TrustedKeys trusted) {
        SignedContent content;
        try {
            content = SignedContent.read(entry);
        } catch (SignedContent.MalformedException e) {
            return altered(name, "it has " + e.getMessage());
        }
        EntrySignature signature = content.signature();
        if (signature == null) {
            return new Refused(
                    Reason.Code.UNSIGNED,
                    name + " is not signed (expected: a signature by a key that this node trusts)");
        }
        List<TrustedKey> keys = trusted.withId(signature.key());
        if (keys.isEmpty()) {
            return new Refused(
                    Reason.Code.UNKNOWN_KEY,
                    name + " is signed by the key " + signature.key() + " (expected: one that this node trusts)");
        }
        if (!signature.name().equals(name.path())) {
            return content.isSignedBy(keys.getFirst().key(), name.sort(), signature.name())
                    ? new Refused(
                            Reason.Code.SIGNED_ELSEWHERE,
                            name + " was signed as " + signature.name() + " (expected: a signature for this path)")
                    : altered(name, "its signature is for " + signature.name());
        }
        if (!content.isSignedBy(keys.getFirst().key(), name.sort(), name.path())) {
            return altered(name, null);
        }
        for (TrustedKey key : keys) {
            if (name.path().startsWith(key.prefix())) {
                return new Valid(key, signature.revision(), content.digest());
            }
        }
        return new Refused(
                Reason.Code.KEY_OUT_OF_PREFIX,
                name + " is signed by " + keys.getFirst().name() + ", who may sign "
                        + String.join(
                                " and ",
                                keys.stream().map(key -> key.prefix() + "").toList())
                        + " here (expected: a key for this path)");
    }

    private static Refused altered(SignedName name, @Nullable String how) {
        return new Refused(
                Reason.Code.ALTERED,
                name + " is not what was signed" + (how == null ? "" : ": " + how)
                        + " (expected: no change after it was signed)");
    }
}
