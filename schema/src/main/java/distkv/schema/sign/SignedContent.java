package distkv.schema.sign;

import distkv.model.Bytes;
import distkv.model.Path;
import distkv.model.Value;
import distkv.protocol.Values;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * An entry without its signature, and the signature.
 *
 * <p>What is signed is a MsgPack array: a text that no other signature begins with, the version, the sort and path of what
 * is signed, the key's id, the revision, and the SHA-256 of the entry's other fields, encoded as DistKV does it. So it
 * covers all of them, whatever they mean.
 *
 * @param digest that hash
 * @param signature {@code null}: there is none
 */
public record SignedContent(Bytes digest, @Nullable EntrySignature signature) {
    private static final String DOMAIN = "DistKV signed entry";

    /** A stored entry is not encoded as DistKV does it, or its signature is malformed: it is not what was signed. */
    static final class MalformedException extends Exception {
        private static final long serialVersionUID = 1;

        MalformedException(String message) {
            super(message);
        }
    }

    /**
     * Takes an entry apart.
     *
     * @throws MalformedException if decoding and encoding it gives other bytes: it has a key twice, or an unusual encoding,
     *     so that others may read it as something else
     */
    static SignedContent read(Value entry) throws MalformedException {
        Object decoded;
        try {
            decoded = Values.decode(entry);
        } catch (RuntimeException e) {
            throw new MalformedException(String.valueOf(e.getMessage()));
        }
        if (!(decoded instanceof Map<?, ?> map) || !map.containsKey(EntrySignature.FIELD)) {
            return new SignedContent(new Bytes(sha256(entry.bytes())), null);
        }
        EntrySignature signature = EntrySignature.read(map.get(EntrySignature.FIELD));
        if (signature == null) {
            throw new MalformedException("a malformed signature");
        }
        Map<Object, @Nullable Object> content = without(map);
        Bytes digest = digest(content);
        content.put(EntrySignature.FIELD, signature.encode());
        if (!Values.encode(content).equals(entry)) {
            throw new MalformedException("an unusual encoding");
        }
        return new SignedContent(digest, signature);
    }

    /** The fields of an entry, with a new signature in place of the old one. */
    public static Map<Object, @Nullable Object> sign(Map<?, ?> fields, SignedName name, long revision, SigningKey key) {
        Map<Object, @Nullable Object> signed = without(fields);
        String id = key.verifyingKey().id();
        byte[] message = message(name, id, revision, digest(signed));
        EntrySignature made = new EntrySignature(id, revision, name.path(), new Bytes(key.sign(message)));
        signed.put(EntrySignature.FIELD, made.encode());
        return signed;
    }

    /** Removes a signature from fields that are about to be changed. */
    public static void unsign(Map<?, ?> fields) {
        fields.remove(EntrySignature.FIELD);
    }

    /** The key's id and the revision of a decoded entry's signature, unchecked; {@code null} if there is none. */
    public static @Nullable Claimed claimed(@Nullable Object entry) {
        EntrySignature found =
                entry instanceof Map<?, ?> map ? EntrySignature.read(map.get(EntrySignature.FIELD)) : null;
        return found == null ? null : new Claimed(found.key(), found.revision());
    }

    /** What a signature says of itself. */
    public record Claimed(String key, long revision) {}

    static byte[] message(SignedName name, String key, long revision, Bytes digest) {
        return Values.encode(List.of(
                        DOMAIN, EntrySignature.VERSION, name.sort(), name.path(), key, revision, digest.array()))
                .bytes();
    }

    /** Whether this key has signed it for this path. */
    boolean isSignedBy(VerifyingKey key, String sort, Path path) {
        EntrySignature made = signature;
        return made != null
                && key.verifies(
                        message(new SignedName(sort, path), made.key(), made.revision(), digest),
                        made.bytes().array());
    }

    private static Map<Object, @Nullable Object> without(Map<?, ?> fields) {
        Map<Object, @Nullable Object> content = new LinkedHashMap<>(fields);
        content.remove(EntrySignature.FIELD);
        return content;
    }

    private static Bytes digest(Map<?, ?> content) {
        return new Bytes(sha256(Values.encode(content).bytes()));
    }

    static byte[] sha256(byte[] bytes) {
        try {
            return MessageDigest.getInstance("SHA-256").digest(bytes);
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException(e);
        }
    }
}
