package distkv.protocol.token;

import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.util.Arrays;
import java.util.Base64;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;

/**
 * The key that follows from a session's secret, and that the server keeps in its place. What it signs proves that the
 * signer has the session, without giving away the secret.
 */
public final class SessionKey {
    private static final String MAC = "HmacSHA256";
    private static final byte[] WITNESS = "witness".getBytes(StandardCharsets.UTF_8);

    private final byte[] bytes;

    private SessionKey(byte[] bytes) {
        this.bytes = bytes;
    }

    public static SessionKey of(String secret) {
        try {
            return new SessionKey(MessageDigest.getInstance("SHA-256").digest(secret.getBytes(StandardCharsets.UTF_8)));
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("every Java has SHA-256", e);
        }
    }

    /** The key that {@link #bytes} has returned. */
    public static SessionKey ofBytes(byte[] bytes) {
        return new SessionKey(bytes.clone());
    }

    public byte[] bytes() {
        return bytes.clone();
    }

    /** Whether it is that of this secret. Takes the same time for all. */
    public boolean isOf(String secret) {
        return MessageDigest.isEqual(bytes, of(secret).bytes);
    }

    /** What a witness shows instead of the secret: with it one can be a witness, and nothing else. */
    public String witness() {
        return Base64.getUrlEncoder().withoutPadding().encodeToString(sign(WITNESS));
    }

    public boolean isWitness(String shown) {
        return MessageDigest.isEqual(
                witness().getBytes(StandardCharsets.UTF_8), shown.getBytes(StandardCharsets.UTF_8));
    }

    /** The first bytes of the signature of a message. */
    byte[] sign(byte[] message, int length) {
        return Arrays.copyOf(sign(message), length);
    }

    private byte[] sign(byte[] message) {
        try {
            Mac mac = Mac.getInstance(MAC);
            mac.init(new SecretKeySpec(bytes, MAC));
            return mac.doFinal(message);
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("every Java has " + MAC, e);
        }
    }
}
