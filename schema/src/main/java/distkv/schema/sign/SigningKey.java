package distkv.schema.sign;

import distkv.protocol.tls.PemFile;
import java.io.IOException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.PrivateKey;
import java.security.SecureRandom;
import java.security.Signature;
import java.security.interfaces.EdECPrivateKey;
import java.security.interfaces.EdECPublicKey;
import java.util.EnumSet;
import java.util.Set;

/** An Ed25519 key that signs: a file in PEM (PKCS #8) that only its owner may read. */
public final class SigningKey {
    private static final String ALGORITHM = "Ed25519";
    private static final Set<PosixFilePermission> PRIVATE =
            EnumSet.of(PosixFilePermission.OWNER_READ, PosixFilePermission.OWNER_WRITE);

    private final PrivateKey key;
    private final VerifyingKey publicHalf;

    private SigningKey(KeyPair pair) {
        this.key = pair.getPrivate();
        this.publicHalf = VerifyingKey.of((EdECPublicKey) pair.getPublic());
    }

    /** A new key. */
    public static SigningKey create() {
        return new SigningKey(pair(new SecureRandom()));
    }

    private static KeyPair pair(SecureRandom random) {
        try {
            KeyPairGenerator generator = KeyPairGenerator.getInstance(ALGORITHM);
            generator.initialize(255, random);
            return generator.generateKeyPair();
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException(e);
        }
    }

    /**
     * Reads a file, as {@link #write} or {@code openssl genpkey -algorithm ed25519} makes it.
     *
     * @throws IOException if it cannot be read, is no such key, or others may read it; the message names it
     */
    public static SigningKey read(Path file) throws IOException {
        PrivateKey read = PemFile.privateKey(file);
        Set<PosixFilePermission> mode = Files.getPosixFilePermissions(file);
        if (!PRIVATE.containsAll(mode)) {
            throw new IOException(file + ": mode " + PosixFilePermissions.toString(mode)
                    + " (expected: rw-------, as 'chmod 600' makes it)");
        }
        if (!(read instanceof EdECPrivateKey found)
                || !found.getParams().getName().equals(ALGORITHM)) {
            throw new IOException(file + ": a key for " + read.getAlgorithm()
                    + " (expected: one for Ed25519, as 'distkv key create' makes it)");
        }
        return new SigningKey(
                pair(new Fixed(found.getBytes().orElseThrow(() -> new IOException(file + ": an empty key")))));
    }

    /**
     * Writes a new file that only its owner may read.
     *
     * @throws IOException if it cannot be written, or there is one already, which stays as it is
     */
    public void write(Path file) throws IOException {
        if (Files.exists(file)) {
            throw new FileAlreadyExistsException(file.toString());
        }
        PemFile.write(file, key);
    }

    /** The other half. */
    public VerifyingKey verifyingKey() {
        return publicHalf;
    }

    byte[] sign(byte[] message) {
        try {
            Signature signature = Signature.getInstance(ALGORITHM);
            signature.initSign(key);
            signature.update(message);
            return signature.sign();
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException(e);
        }
    }

    /** The file has only the secret bytes. A generator that is given them makes the same pair of them again. */
    private static final class Fixed extends SecureRandom {
        private static final long serialVersionUID = 1;
        private final byte[] secret;

        Fixed(byte[] secret) {
            super(null, null);
            this.secret = secret.clone();
        }

        @Override
        public void nextBytes(byte[] bytes) {
            if (bytes.length != secret.length) {
                throw new IllegalStateException(bytes.length + " random bytes (expected: " + secret.length + ")");
            }
            System.arraycopy(secret, 0, bytes, 0, bytes.length);
        }
    }
}
