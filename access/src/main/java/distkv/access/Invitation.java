package distkv.access;

import distkv.model.Bytes;
import distkv.model.Value;
import distkv.protocol.Values;
import distkv.schema.BadEntry;
import distkv.schema.Fields;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.SecureRandom;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Permits one machine to join as one node, once. Its secret is random and long, so that one round of SHA-256 is enough to
 * store it.
 *
 * @param id what finds it
 * @param node the name that the machine gets
 * @param hash of the secret
 * @param expires unix time in seconds from which it cannot be used any more
 * @param by who made it
 * @param use {@code null} until a machine has joined with it
 */
public record Invitation(
        String id,
        String node,
        List<String> groups,
        List<String> labels,
        String hash,
        double expires,
        String by,
        @Nullable Use use) {
    private static final int ID_BYTES = 6;
    private static final int SECRET_BYTES = 16;

    /**
     * What has become of it. Who asks again with the same key, since the answer was lost, gets the same answer.
     *
     * @param at unix time in seconds
     * @param key the public key of the machine that joined, as X.509 encodes it
     * @param certificate which it got, encoded likewise
     */
    public record Use(double at, Bytes key, Bytes certificate) {}

    /** A new invitation, and its secret, which is not stored. */
    public record Created(Invitation invitation, String secret) {}

    public Invitation {
        User.checkName(node);
        groups = checked("group", groups);
        labels = checked("label", labels);
    }

    /** They are kept in a file of lines, and listed between commas. */
    private static List<String> checked(String what, List<String> texts) {
        for (String text : texts) {
            if (!text.matches("(?![+#]$)[^\\s,\\p{Cntrl}]{1,64}")) {
                throw new IllegalArgumentException(what + ": '" + text.replaceAll("\\p{Cntrl}", "?")
                        + "' (expected: a word of at most 64 characters, without commas)");
            }
        }
        return texts.stream().distinct().toList();
    }

    public static Created create(
            String node, List<String> groups, List<String> labels, double expires, String by, SecureRandom random) {
        String secret = hex(SECRET_BYTES, random);
        Invitation made =
                new Invitation(hex(ID_BYTES, random), node, groups, labels, Token.hash(secret), expires, by, null);
        return new Created(made, secret);
    }

    private static String hex(int bytes, SecureRandom random) {
        byte[] made = new byte[bytes];
        random.nextBytes(made);
        return HexFormat.of().formatHex(made);
    }

    /** Whether this is its secret. Takes the same time for all. */
    public boolean matches(String secret) {
        return MessageDigest.isEqual(
                Token.hash(secret).getBytes(StandardCharsets.UTF_8), hash.getBytes(StandardCharsets.UTF_8));
    }

    /** Whether it is too late to use it at this unix time. */
    public boolean isExpired(double now) {
        return now >= expires;
    }

    public Invitation usedBy(Use newUse) {
        return new Invitation(id, node, groups, labels, hash, expires, by, newUse);
    }

    public static Invitation read(String id, Value entry) throws BadEntry {
        Fields fields = Fields.of("invite", entry);
        String node = fields.text("node");
        String hash = fields.text("hash");
        String by = fields.text("by");
        if (node == null || hash == null) {
            throw new BadEntry("invite " + id + ": without a node or a hash (expected: both)");
        }
        try {
            return new Invitation(
                    id,
                    node,
                    fields.texts("groups"),
                    fields.texts("labels"),
                    hash,
                    fields.number("expires", 0, 0),
                    by == null ? "" : by,
                    use(fields.names("used")));
        } catch (IllegalArgumentException e) {
            throw new BadEntry(String.valueOf(e.getMessage()));
        }
    }

    private static @Nullable Use use(Map<String, @Nullable Object> used) throws BadEntry {
        if (used.isEmpty()) {
            return null;
        }
        if (used.get("at") instanceof Number at
                && used.get("key") instanceof byte[] key
                && used.get("certificate") instanceof byte[] certificate) {
            return new Use(at.doubleValue(), new Bytes(key), new Bytes(certificate));
        }
        throw new BadEntry("used: incomplete (expected: at, key and certificate)");
    }

    public Value encode() {
        Map<String, Object> fields = new LinkedHashMap<>();
        fields.put("node", node);
        fields.put("groups", groups);
        fields.put("labels", labels);
        fields.put("hash", hash);
        fields.put("expires", expires);
        fields.put("by", by);
        if (use != null) {
            fields.put(
                    "used",
                    Map.of(
                            "at", use.at(),
                            "key", use.key().array(),
                            "certificate", use.certificate().array()));
        }
        return Values.encode(fields);
    }
}
