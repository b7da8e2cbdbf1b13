package distkv.access;

import java.lang.ref.SoftReference;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.security.SecureRandom;
import java.util.Base64;
import org.bouncycastle.crypto.generators.Argon2BytesGenerator;
import org.bouncycastle.crypto.generators.Argon2BytesGenerator.BlockPool;
import org.bouncycastle.crypto.generators.Argon2BytesGenerator.FixedBlockPool;
import org.bouncycastle.crypto.params.Argon2Parameters;

/**
 * Passwords as they are stored: by Argon2id, in its usual text form {@code $argon2id$v=19$m=…,t=…,p=…$salt$hash}. What is
 * hashed is the SHA-256 digest of the password, as clients of the original never send more than that.
 */
public final class PasswordHash {
    /** What OWASP recommends for servers; a hash takes some 50 ms. */
    private static final int MEMORY_KIB = 19 * 1024;

    private static final int PASSES = 2;
    private static final int SALT_BYTES = 16;
    private static final int HASH_BYTES = 32;
    /** More than this in a stored hash would let it take all memory. */
    private static final int MOST_MEMORY_KIB = 256 * 1024;

    /** What is needed beside the memory itself, in blocks of 1 KiB. */
    private static final int MORE_BLOCKS = 16;

    private static volatile SoftReference<BlockPool> kept = new SoftReference<>(null);

    private static final SecureRandom RANDOM = new SecureRandom();

    private PasswordHash() {}

    /** The digest that clients prove to know. */
    public static byte[] digest(String password) {
        try {
            return MessageDigest.getInstance("SHA-256").digest(password.getBytes(StandardCharsets.UTF_8));
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java has SHA-256", e);
        }
    }

    /** The hash of a {@link #digest}, to be stored. */
    public static String of(byte[] digest) {
        byte[] salt = new byte[SALT_BYTES];
        RANDOM.nextBytes(salt);
        Base64.Encoder text = Base64.getEncoder().withoutPadding();
        return "$argon2id$v=19$m=" + MEMORY_KIB + ",t=" + PASSES + ",p=1$" + text.encodeToString(salt) + "$"
                + text.encodeToString(compute(digest, salt, MEMORY_KIB, PASSES, 1, HASH_BYTES));
    }

    /** Whether a stored hash is that of this digest. One that cannot be read matches nothing. */
    public static boolean matches(String stored, byte[] digest) {
        String[] parts = stored.split("\\$", -1);
        if (parts.length != 6 || !parts[1].equals("argon2id") || !parts[2].equals("v=19")) {
            return false;
        }
        try {
            int memory = 0;
            int passes = 0;
            int lanes = 0;
            for (String cost : parts[3].split(",", -1)) {
                int value = Integer.parseInt(cost.substring(2));
                switch (cost.substring(0, 2)) {
                    case "m=" -> memory = value;
                    case "t=" -> passes = value;
                    case "p=" -> lanes = value;
                    default -> throw new IllegalArgumentException(cost);
                }
            }
            if (memory < 8 || memory > MOST_MEMORY_KIB || passes < 1 || passes > 16 || lanes < 1 || lanes > 16) {
                return false;
            }
            byte[] salt = Base64.getDecoder().decode(parts[4]);
            byte[] hash = Base64.getDecoder().decode(parts[5]);
            return hash.length >= 16
                    && hash.length <= 64
                    && MessageDigest.isEqual(hash, compute(digest, salt, memory, passes, lanes, hash.length));
        } catch (IllegalArgumentException | StringIndexOutOfBoundsException _) {
            return false;
        }
    }

    /**
     * The memory of the hash before, if nothing else has needed it since: with new memory for each, collecting the garbage of
     * many attempts would stop all other threads again and again.
     */
    private static BlockPool blocks() {
        BlockPool known = kept.get();
        if (known == null) {
            known = new FixedBlockPool(MEMORY_KIB + MORE_BLOCKS);
            kept = new SoftReference<>(known);
        }
        return known;
    }

    private static byte[] compute(byte[] digest, byte[] salt, int memory, int passes, int lanes, int bytes) {
        Argon2BytesGenerator argon2 = new Argon2BytesGenerator();
        argon2.init(new Argon2Parameters.Builder(Argon2Parameters.ARGON2_id)
                .withVersion(Argon2Parameters.ARGON2_VERSION_13)
                .withMemoryAsKB(memory)
                .withIterations(passes)
                .withParallelism(lanes)
                .withSalt(salt)
                .withBlockPool(blocks())
                .build());
        byte[] hash = new byte[bytes];
        argon2.generateBytes(digest, hash);
        return hash;
    }
}
