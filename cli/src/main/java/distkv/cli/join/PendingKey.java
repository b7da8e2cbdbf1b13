package distkv.cli.join;

import distkv.client.node.JoinedNode;
import distkv.protocol.tls.PemFile;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.spec.ECGenParameterSpec;
import java.security.spec.X509EncodedKeySpec;
import java.util.Base64;
import java.util.List;

/**
 * The key with which this machine is about to join. It is kept while the answer is not there, so that the same code can be
 * tried again if the answer is lost.
 */
record PendingKey(Path file, KeyPair pair) {
    private static final String PUBLIC = "public ";

    /** The key for an invitation; a new one, if there is none yet. */
    static PendingKey of(Path directory, String invitation) throws IOException {
        Path file = directory.resolve("join-" + invitation + ".pem");
        return new PendingKey(file, Files.exists(file) ? read(file) : make(file));
    }

    private static KeyPair make(Path file) throws IOException {
        try {
            KeyPairGenerator generator = KeyPairGenerator.getInstance("EC");
            generator.initialize(new ECGenParameterSpec("secp256r1"));
            KeyPair made = generator.generateKeyPair();
            String open = Base64.getEncoder().encodeToString(made.getPublic().getEncoded());
            JoinedNode.makeDirectory(file);
            PemFile.write(file, PUBLIC + open + "\n", made.getPrivate(), List.of());
            return made;
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("a Java without the curve P-256", e);
        }
    }

    private static KeyPair read(Path file) throws IOException {
        String line = Files.readString(file).lines().findFirst().orElse("");
        try {
            byte[] open = Base64.getDecoder().decode(line.substring(Math.min(PUBLIC.length(), line.length())));
            return new KeyPair(
                    KeyFactory.getInstance("EC").generatePublic(new X509EncodedKeySpec(open)),
                    PemFile.privateKey(file));
        } catch (GeneralSecurityException | IllegalArgumentException e) {
            throw new IOException(file + ": damaged (expected: a key that 'distkv join' has made; delete it)", e);
        }
    }

    /** The answer is there, or there will be none. */
    void delete() throws IOException {
        Files.deleteIfExists(file);
    }
}
