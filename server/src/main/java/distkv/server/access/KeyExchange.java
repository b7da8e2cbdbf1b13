package distkv.server.access;

import java.math.BigInteger;
import java.security.MessageDigest;
import java.security.SecureRandom;
import java.util.Arrays;
import org.bouncycastle.crypto.engines.XSalsa20Engine;
import org.bouncycastle.crypto.macs.Poly1305;
import org.bouncycastle.crypto.params.KeyParameter;
import org.bouncycastle.crypto.params.ParametersWithIV;
import org.jspecify.annotations.Nullable;

/**
 * How clients of the original send a password over a plain connection: both sides agree on a key by Diffie-Hellman (group
 * 14 of RFC 3526), and the client sends a NaCl secret box. This protects from those who only listen; TLS protects from
 * those who stand between as well.
 */
final class KeyExchange {
    private static final BigInteger GENERATOR = BigInteger.TWO;
    private static final BigInteger PRIME = new BigInteger(
            "FFFFFFFFFFFFFFFFC90FDAA22168C234C4C6628B80DC1CD129024E088A67CC74020BBEA63B139B22514A08798E3404DD"
                    + "EF9519B3CD3A431B302B0A6DF25F14374FE1356D6D51C245E485B576625E7EC6F44C42E9A637ED6B0BFF5CB6F406B7ED"
                    + "EE386BFB5A899FA5AE9F24117C4B1FE649286651ECE45B3DC2007CB8A163BF0598DA48361C55D39A69163FA8FD24CF5F"
                    + "83655D23DCA3AD961C62F356208552BB9ED529077096966D670C354E4ABC9804F1746C08CA18217C32905E462E36CE3B"
                    + "E39E772C180E86039B2783A2EC07A28FB5C55DF06F4C52C9DE2BCBF6955817183995497CEA956AE515D2261898FA0510"
                    + "15728E5A8AACAA68FFFFFFFFFFFFFFFF",
            16);
    private static final int SECRET_BITS = 512;
    private static final int KEY_BYTES = 32;
    private static final int NONCE_BYTES = 24;
    private static final int MAC_BYTES = 16;

    private static final SecureRandom RANDOM = new SecureRandom();

    private final byte[] publicKey;
    private final byte[] key;

    private KeyExchange(byte[] publicKey, byte[] key) {
        this.publicKey = publicKey;
        this.key = key;
    }

    /**
     * Agrees on a key with a client.
     *
     * @throws IllegalArgumentException if the client's public key is none
     */
    static KeyExchange with(byte[] clientKey) {
        BigInteger theirs = new BigInteger(1, clientKey);
        if (theirs.compareTo(BigInteger.TWO) < 0 || theirs.compareTo(PRIME.subtract(BigInteger.TWO)) > 0) {
            throw new IllegalArgumentException(
                    "pubkey: not a public key (expected: a number from 2 to p - 2 of group 14, RFC 3526)");
        }
        BigInteger secret = new BigInteger(SECRET_BITS, RANDOM);
        byte[] shared = unsigned(theirs.modPow(secret, PRIME));
        return new KeyExchange(
                unsigned(GENERATOR.modPow(secret, PRIME)), Arrays.copyOf(shared, Math.min(shared.length, KEY_BYTES)));
    }

    private static byte[] unsigned(BigInteger number) {
        byte[] bytes = number.toByteArray();
        return bytes[0] == 0 && bytes.length > 1 ? Arrays.copyOfRange(bytes, 1, bytes.length) : bytes;
    }

    byte[] publicKey() {
        return publicKey.clone();
    }

    /** The content of a secret box (nonce, authenticator, cipher text); {@code null} if it was not made with this key. */
    byte @Nullable [] open(byte[] box) {
        if (key.length != KEY_BYTES || box.length < NONCE_BYTES + MAC_BYTES) {
            return null;
        }
        XSalsa20Engine cipher = new XSalsa20Engine();
        cipher.init(false, new ParametersWithIV(new KeyParameter(key), box, 0, NONCE_BYTES));
        byte[] macKey = new byte[KEY_BYTES];
        cipher.processBytes(macKey, 0, KEY_BYTES, macKey, 0);
        Poly1305 poly1305 = new Poly1305();
        poly1305.init(new KeyParameter(macKey));
        int begin = NONCE_BYTES + MAC_BYTES;
        poly1305.update(box, begin, box.length - begin);
        byte[] mac = new byte[MAC_BYTES];
        poly1305.doFinal(mac, 0);
        if (!MessageDigest.isEqual(mac, Arrays.copyOfRange(box, NONCE_BYTES, begin))) {
            return null;
        }
        byte[] content = new byte[box.length - begin];
        cipher.processBytes(box, begin, content.length, content, 0);
        return content;
    }
}
