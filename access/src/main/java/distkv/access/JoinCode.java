package distkv.access;

import distkv.protocol.tls.Fingerprint;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Arrays;
import java.util.Base64;
import java.util.HexFormat;

/**
 * What {@code distkv node invite} prints and {@code distkv join} takes: enough to know the right server, and for the server
 * to know the invitation. A sum at the end tells a code that was not copied as a whole.
 *
 * @param authority of the server that will answer
 * @param id of the {@link Invitation}
 * @param secret of the invitation, hexadecimal as the id
 */
public record JoinCode(Fingerprint authority, String id, String secret) {
    /** The first byte, which also makes the first character a letter. */
    private static final byte VERSION = 1;

    private static final int AUTHORITY_BYTES = 32;
    private static final int ID_BYTES = 6;
    private static final int SECRET_BYTES = 16;
    private static final int SUM_BYTES = 5;
    private static final int SIZE = 1 + AUTHORITY_BYTES + ID_BYTES + SECRET_BYTES + SUM_BYTES;

    /**
     * Reads a code.
     *
     * @throws IllegalArgumentException if it is none, or was altered
     */
    public static JoinCode parse(String text) {
        byte[] all;
        try {
            all = Base64.getUrlDecoder().decode(text.strip());
        } catch (IllegalArgumentException e) {
            throw new IllegalArgumentException(wrong(), e);
        }
        if (all.length != SIZE || all[0] != VERSION) {
            throw new IllegalArgumentException(wrong());
        }
        byte[] content = Arrays.copyOf(all, SIZE - SUM_BYTES);
        if (!Arrays.equals(sum(content), Arrays.copyOfRange(all, SIZE - SUM_BYTES, SIZE))) {
            throw new IllegalArgumentException(wrong());
        }
        HexFormat hex = HexFormat.of();
        int id = 1 + AUTHORITY_BYTES;
        int secret = id + ID_BYTES;
        return new JoinCode(
                Fingerprint.parse(hex.formatHex(content, 1, id)),
                hex.formatHex(content, id, secret),
                hex.formatHex(content, secret, secret + SECRET_BYTES));
    }

    private static String wrong() {
        return "code: incomplete or altered (expected: all of what 'distkv node invite' has printed)";
    }

    /** What the server is told: the id and the secret. */
    public String credential() {
        return id + "_" + secret;
    }

    @Override
    public String toString() {
        HexFormat hex = HexFormat.of();
        byte[] content = ByteBuffer.allocate(SIZE - SUM_BYTES)
                .put(VERSION)
                .put(hex.parseHex(authority.hex()))
                .put(hex.parseHex(id))
                .put(hex.parseHex(secret))
                .array();
        byte[] all = ByteBuffer.allocate(SIZE).put(content).put(sum(content)).array();
        return Base64.getUrlEncoder().withoutPadding().encodeToString(all);
    }

    private static byte[] sum(byte[] content) {
        try {
            MessageDigest digest = MessageDigest.getInstance("SHA-256");
            digest.update("distkv join".getBytes(StandardCharsets.US_ASCII));
            return Arrays.copyOf(digest.digest(content), SUM_BYTES);
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java has SHA-256", e);
        }
    }
}
