package distkv.access;

import distkv.model.Value;
import distkv.protocol.Values;
import distkv.schema.BadEntry;
import distkv.schema.Fields;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.security.SecureRandom;
import java.util.Base64;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What logs in a program, or a user where {@code distkv login} was called. Its secret is random and long, so that one round of SHA-256 is enough to store it.
 *
 * @param id what finds it; part of the secret that its owner keeps
 * @param name what people call it
 * @param hash of the secret
 * @param expires unix time in seconds from which it does not log in any more; 0: never
 * @param by who made it
 * @param user the user whom it logs in, with the user's rights and no roles of its own; {@code null}: nobody
 */
public record Token(
        String id,
        String name,
        List<Grant> roles,
        String hash,
        double expires,
        String by,
        @Nullable String user) {
    private static final String PREFIX = "dkv";
    private static final int ID_BYTES = 6;
    private static final int SECRET_BYTES = 24;

    public Token {
        roles = List.copyOf(roles);
    }

    /** A token of a program. */
    public Token(String id, String name, List<Grant> roles, String hash, double expires, String by) {
        this(id, name, roles, hash, expires, by, null);
    }

    /** A token that logs in a user. */
    public static Token of(String user, String id, String name, String hash, double expires) {
        User.checkName(name);
        return new Token(id, name, List.of(), hash, expires, user, user);
    }

    /** A new token, and what its owner has to keep, as it is not stored. */
    public record Created(Token token, String secret) {}

    public static Created create(String name, List<Grant> roles, double expires, String by, SecureRandom random) {
        User.checkName(name);
        byte[] id = new byte[ID_BYTES];
        byte[] secret = new byte[SECRET_BYTES];
        random.nextBytes(id);
        random.nextBytes(secret);
        String hexId = HexFormat.of().formatHex(id);
        String text = Base64.getUrlEncoder().withoutPadding().encodeToString(secret);
        return new Created(new Token(hexId, name, roles, hash(text), expires, by), PREFIX + "_" + hexId + "_" + text);
    }

    /** Whether a text can be the id of a token. */
    public static boolean isId(String text) {
        return text.matches("[0-9a-f]{" + 2 * ID_BYTES + "}");
    }

    /** The id in what somebody presents as a token; empty if it is none. */
    public static String id(String presented) {
        String[] parts = presented.split("_", 3);
        return parts.length == 3 && parts[0].equals(PREFIX) ? parts[1] : "";
    }

    /** Whether what somebody presents is this token. Takes the same time for all. */
    public boolean matches(String presented) {
        String[] parts = presented.split("_", 3);
        return parts.length == 3
                && MessageDigest.isEqual(
                        hash(parts[2]).getBytes(StandardCharsets.UTF_8), hash.getBytes(StandardCharsets.UTF_8));
    }

    /** Whom it logs in. */
    public Principal principal() {
        return user == null ? new Principal.OfToken(id, name) : new Principal.OfLogIn(user, id);
    }

    /** Whether it is too old at this unix time. */
    public boolean isExpired(double now) {
        return expires != 0 && now >= expires;
    }

    public static Token read(String id, Value entry) throws BadEntry {
        Fields fields = Fields.of("token", entry);
        String name = fields.text("name");
        String hash = fields.text("hash");
        String by = fields.text("by");
        if (name == null || hash == null) {
            throw new BadEntry("token " + id + ": without a name or a hash (expected: both)");
        }
        return new Token(
                id,
                name,
                Grant.read("roles", fields.raw("roles")),
                hash,
                fields.number("expires", 0, 0),
                by == null ? "" : by,
                fields.text("user"));
    }

    public Value encode() {
        Map<String, Object> fields = new LinkedHashMap<>();
        fields.put("name", name);
        fields.put("roles", roles.stream().map(Grant::encode).toList());
        fields.put("hash", hash);
        if (expires != 0) {
            fields.put("expires", expires);
        }
        fields.put("by", by);
        if (user != null) {
            fields.put("user", user);
        }
        return Values.encode(fields);
    }

    /** The hash that is stored of a secret that is random and long. */
    static String hash(String secret) {
        try {
            byte[] digest = MessageDigest.getInstance("SHA-256").digest(secret.getBytes(StandardCharsets.UTF_8));
            return HexFormat.of().formatHex(digest);
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException(e);
        }
    }
}
