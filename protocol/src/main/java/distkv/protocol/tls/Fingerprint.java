package distkv.protocol.tls;

import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.security.cert.CertificateEncodingException;
import java.security.cert.X509Certificate;
import java.util.HexFormat;
import java.util.Locale;

/**
 * Identifies a certificate.
 *
 * @param hex SHA-256 of the certificate, in lower-case hexadecimal
 */
public record Fingerprint(String hex) {
    private static final int DIGITS = 64;

    /**
     * Reads a fingerprint, with or without colons, in either case.
     *
     * @throws IllegalArgumentException if it is none
     */
    public static Fingerprint parse(String text) {
        String hex = text.replace(":", "").toLowerCase(Locale.ROOT);
        if (hex.length() != DIGITS || !hex.matches("[0-9a-f]*")) {
            throw new IllegalArgumentException(
                    "fingerprint: " + text + " (expected: SHA-256 as " + DIGITS + " hexadecimal digits)");
        }
        return new Fingerprint(hex);
    }

    /** The fingerprint of a certificate. */
    public static Fingerprint of(X509Certificate certificate) {
        try {
            return new Fingerprint(HexFormat.of()
                    .formatHex(MessageDigest.getInstance("SHA-256").digest(certificate.getEncoded())));
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("a Java without SHA-256", e);
        } catch (CertificateEncodingException e) {
            throw new IllegalArgumentException("a certificate that cannot be encoded", e);
        }
    }

    @Override
    public String toString() {
        return hex;
    }
}
