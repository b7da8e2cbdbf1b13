package distkv.cli.key;

import distkv.schema.sign.SignedContent;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Signatures as listings show them; whether they are valid is what {@code code verify} says. */
public final class SignatureView {
    private SignatureView() {}

    /** A decoded entry with its signature shortened to the key and the revision. */
    public static @Nullable Object shortened(@Nullable Object entry) {
        SignedContent.Claimed claimed = SignedContent.claimed(entry);
        if (claimed == null || !(entry instanceof Map<?, ?> fields)) {
            return entry;
        }
        Map<Object, @Nullable Object> shown = new LinkedHashMap<>(fields);
        Map<String, Object> signature = new LinkedHashMap<>();
        signature.put("key", claimed.key());
        signature.put("revision", claimed.revision());
        shown.put("signature", signature);
        return shown;
    }

    /** A word for a line about a decoded entry: its key, if it has one. */
    public static String key(@Nullable Object entry) {
        SignedContent.Claimed claimed = SignedContent.claimed(entry);
        return claimed == null ? "" : " (key " + claimed.key() + ")";
    }
}
