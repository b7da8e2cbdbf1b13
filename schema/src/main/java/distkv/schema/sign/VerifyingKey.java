package distkv.schema.sign;

import distkv.model.Bytes;
import java.math.BigInteger;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.PublicKey;
import java.security.Signature;
import java.security.interfaces.EdECPublicKey;
import java.security.spec.EdECPoint;
import java.security.spec.EdECPublicKeySpec;
import java.security.spec.NamedParameterSpec;
import java.util.Base64;
import java.util.HexFormat;
import org.jspecify.annotations.Nullable;

/** The public half of an Ed25519 key, with which signatures are checked. Two are equal if their bytes are. */
public final class VerifyingKey {
    private static final String ALGORITHM = "Ed25519";
    /** What people write before the bytes in Base64. */
    private static final String PREFIX = "ed25519:";

    private static final int SIZE = 32;
    private static final int ID_SIZE = 8;

    private final PublicKey key;
    private final Bytes raw;

    private VerifyingKey(PublicKey key, byte[] raw) {
        this.key = key;
        this.raw = new Bytes(raw);
    }

    /** The key with this point. */
    static VerifyingKey of(EdECPublicKey key) {
        byte[] raw = new byte[SIZE];
        byte[] y = key.getPoint().getY().toByteArray();
        for (int i = 0; i < Math.min(SIZE, y.length); i++) {
            raw[i] = y[y.length - 1 - i];
        }
        if (key.getPoint().isXOdd()) {
            raw[SIZE - 1] |= (byte) 0x80;
        }
        return new VerifyingKey(key, raw);
    }

    /**
     * Reads a key as people write it: {@code ed25519:} and 32 bytes in Base64.
     *
     * @throws IllegalArgumentException if it is none
     */
    public static VerifyingKey parse(String text) {
        try {
            byte[] raw =
                    text.startsWith(PREFIX) ? Base64.getDecoder().decode(text.substring(PREFIX.length())) : new byte[0];
            if (raw.length != SIZE) {
                throw wrong(text, null);
            }
            return new VerifyingKey(decoded(raw), raw);
        } catch (GeneralSecurityException e) {
            throw wrong(text, e);
        } catch (IllegalArgumentException e) {
            throw wrong(text, e);
        }
    }

    private static IllegalArgumentException wrong(String text, @Nullable Exception cause) {
        return new IllegalArgumentException(
                text + " (expected: a key as 'distkv key show' prints it, " + PREFIX + "…)", cause);
    }

    /** In RFC 8032 a point is its y in little endian, and the highest bit is whether its x is odd. */
    private static PublicKey decoded(byte[] raw) throws GeneralSecurityException {
        byte[] y = new byte[SIZE];
        for (int i = 0; i < SIZE; i++) {
            y[i] = raw[SIZE - 1 - i];
        }
        boolean odd = y[0] < 0;
        y[0] &= 0x7F;
        return KeyFactory.getInstance(ALGORITHM)
                .generatePublic(
                        new EdECPublicKeySpec(NamedParameterSpec.ED25519, new EdECPoint(odd, new BigInteger(1, y))));
    }

    /** The name that signatures call it by: the beginning of its hash. */
    public String id() {
        return HexFormat.of().formatHex(SignedContent.sha256(raw.array()), 0, ID_SIZE);
    }

    /** Whether its other half has signed this message. */
    boolean verifies(byte[] message, byte[] signature) {
        try {
            Signature check = Signature.getInstance(ALGORITHM);
            check.initVerify(key);
            check.update(message);
            return check.verify(signature);
        } catch (GeneralSecurityException e) {
            // Bytes that can be no signature: too few or too many, or not of this curve.
            return false;
        }
    }

    @Override
    public boolean equals(@Nullable Object other) {
        return other instanceof VerifyingKey one && raw.equals(one.raw);
    }

    @Override
    public int hashCode() {
        return raw.hashCode();
    }

    /** As {@link #parse} reads it. */
    @Override
    public String toString() {
        return PREFIX + Base64.getEncoder().encodeToString(raw.array());
    }
}
