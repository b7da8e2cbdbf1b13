package distkv.server.node;

import distkv.server.tls.Authority;
import java.io.IOException;
import java.security.AlgorithmParameters;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.PublicKey;
import java.security.cert.CertificateEncodingException;
import java.security.cert.X509Certificate;
import java.security.interfaces.ECPublicKey;
import java.security.spec.ECGenParameterSpec;
import java.security.spec.ECParameterSpec;
import java.security.spec.X509EncodedKeySpec;
import java.time.Duration;
import java.time.Instant;

/** The certificates of nodes, which the server's own authority signs. */
final class NodeCertificates {
    /** For how long one is valid; nodes renew theirs when two thirds of that are over. */
    static final Duration LIFE = Duration.ofDays(90);

    private NodeCertificates() {}

    /**
     * Reads a public key.
     *
     * @throws IllegalArgumentException if it is none of the curve P-256
     */
    static PublicKey key(byte[] encoded) {
        try {
            PublicKey key = KeyFactory.getInstance("EC").generatePublic(new X509EncodedKeySpec(encoded));
            AlgorithmParameters curve = AlgorithmParameters.getInstance("EC");
            curve.init(new ECGenParameterSpec("secp256r1"));
            ECParameterSpec expected = curve.getParameterSpec(ECParameterSpec.class);
            if (key instanceof ECPublicKey point
                    && point.getParams().getCurve().equals(expected.getCurve())
                    && point.getParams().getGenerator().equals(expected.getGenerator())) {
                return key;
            }
        } catch (GeneralSecurityException e) {
            throw new IllegalArgumentException(wrong(), e);
        }
        throw new IllegalArgumentException(wrong());
    }

    private static String wrong() {
        return "pubkey: not a key of a node (expected: EC with the curve P-256, as X.509 encodes it)";
    }

    /** A new certificate. */
    static X509Certificate sign(Authority authority, String node, PublicKey key, Instant now) {
        try {
            return authority.client(node, key, now, LIFE);
        } catch (IOException e) {
            throw new IllegalStateException(e);
        }
    }

    static byte[] encoded(X509Certificate certificate) {
        try {
            return certificate.getEncoded();
        } catch (CertificateEncodingException e) {
            throw new IllegalStateException(e);
        }
    }
}
