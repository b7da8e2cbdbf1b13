package distkv.server.tls;

import java.io.IOException;
import java.security.GeneralSecurityException;
import java.security.PrivateKey;
import java.security.PublicKey;
import java.security.Signature;
import java.security.cert.X509Certificate;
import java.time.Instant;
import java.util.List;

/**
 * What a server proves who it is with, and whom it believes.
 *
 * @param chain its certificate, then those that have signed it
 * @param clientAuthorities whose clients' certificates it believes; empty: it asks for none
 */
record Credentials(PrivateKey key, List<X509Certificate> chain, List<X509Certificate> clientAuthorities) {
    private static final byte[] SAMPLE = {1};

    X509Certificate certificate() {
        return chain.getFirst();
    }

    Instant validFrom() {
        return certificate().getNotBefore().toInstant();
    }

    Instant validUntil() {
        return certificate().getNotAfter().toInstant();
    }

    boolean isValidAt(Instant time) {
        return !time.isBefore(validFrom()) && time.isBefore(validUntil());
    }

    /**
     * Checks that key and certificate belong together.
     *
     * @throws IOException if they do not
     */
    Credentials checked() throws IOException {
        PublicKey open = certificate().getPublicKey();
        try {
            Signature signature = Signature.getInstance(
                    switch (key.getAlgorithm()) {
                        case "EC" -> "SHA256withECDSA";
                        case "RSA" -> "SHA256withRSA";
                        default -> "EdDSA";
                    });
            signature.initSign(key);
            signature.update(SAMPLE);
            byte[] signed = signature.sign();
            signature.initVerify(open);
            signature.update(SAMPLE);
            if (signature.verify(signed)) {
                return this;
            }
        } catch (GeneralSecurityException e) {
            throw new IOException("the key does not fit the certificate: " + e.getMessage(), e);
        }
        throw new IOException("the key is another one's (expected: that of the certificate)");
    }
}
