package distkv.protocol.tls;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.NoSuchAlgorithmException;
import java.security.PrivateKey;
import java.security.cert.CertificateException;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.security.spec.InvalidKeySpecException;
import java.security.spec.PKCS8EncodedKeySpec;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** Certificates and private keys in PEM files: Base64 between a line that begins it and a line that ends it. */
public final class PemFile {
    private static final Pattern KEY_BLOCK =
            Pattern.compile("-----BEGIN PRIVATE KEY-----([A-Za-z0-9+/=\\s]+)-----END PRIVATE KEY-----");
    private static final Pattern CERTIFICATE_BLOCK =
            Pattern.compile("-----BEGIN CERTIFICATE-----([A-Za-z0-9+/=\\s]*)-----END CERTIFICATE-----");
    private static final int LINE = 64;

    private PemFile() {}

    /**
     * Reads the certificates in a file: first the one that a key belongs to, then those that have signed it. Whatever else
     * is in the file is skipped.
     *
     * @throws IOException if it cannot be read or holds none; the message names it
     */
    public static List<X509Certificate> certificates(Path file) throws IOException {
        Matcher blocks = CERTIFICATE_BLOCK.matcher(text(file));
        List<X509Certificate> found = new ArrayList<>();
        while (blocks.find()) {
            try {
                found.add(certificate(Base64.getMimeDecoder().decode(blocks.group(1))));
            } catch (CertificateException | IllegalArgumentException e) {
                throw new IOException(file + ": no certificate can be read (expected: PEM, BEGIN CERTIFICATE)", e);
            }
        }
        if (found.isEmpty()) {
            throw new IOException(file + ": no certificate (expected: PEM, BEGIN CERTIFICATE)");
        }
        return found;
    }

    /** Reads a certificate that X.509 encodes. */
    public static X509Certificate certificate(byte[] encoded) throws CertificateException {
        return (X509Certificate)
                CertificateFactory.getInstance("X.509").generateCertificate(new ByteArrayInputStream(encoded));
    }

    /**
     * Reads a file with a private key that is not encrypted.
     *
     * @throws IOException if it cannot be read or holds none; the message names it
     */
    public static PrivateKey privateKey(Path file) throws IOException {
        Matcher block = KEY_BLOCK.matcher(text(file));
        if (!block.find()) {
            throw new IOException(file + ": no key (expected: PEM, BEGIN PRIVATE KEY, as 'openssl pkcs8 -topk8 -nocrypt"
                    + " -in OLD -out NEW' writes it)");
        }
        try {
            PKCS8EncodedKeySpec encoded =
                    new PKCS8EncodedKeySpec(Base64.getMimeDecoder().decode(block.group(1)));
            for (String algorithm : List.of("EC", "RSA", "EdDSA")) {
                PrivateKey key = decode(algorithm, encoded);
                if (key != null) {
                    return key;
                }
            }
        } catch (GeneralSecurityException | IllegalArgumentException e) {
            throw new IOException(unreadable(file), e);
        }
        throw new IOException(unreadable(file));
    }

    /** The key, or {@code null} if it is one of another algorithm. */
    private static @Nullable PrivateKey decode(String algorithm, PKCS8EncodedKeySpec encoded)
            throws NoSuchAlgorithmException {
        try {
            return KeyFactory.getInstance(algorithm).generatePrivate(encoded);
        } catch (InvalidKeySpecException e) {
            return null;
        }
    }

    private static String unreadable(Path file) {
        return file + ": no key can be read (expected: one for EC, RSA or EdDSA)";
    }

    private static String text(Path file) throws IOException {
        try {
            return Files.readString(file, StandardCharsets.ISO_8859_1);
        } catch (IOException e) {
            throw new IOException(file + " cannot be read: " + reason(e), e);
        }
    }

    private static String reason(IOException e) {
        return switch (e) {
            case java.nio.file.NoSuchFileException _ -> "there is no such file";
            case java.nio.file.AccessDeniedException _ -> "permission denied";
            default -> String.valueOf(e.getMessage());
        };
    }

    /** Writes certificates, in this order. Everybody may read the file. */
    public static void write(Path file, List<X509Certificate> certificates) throws IOException {
        write(file, text(certificates), "rw-r--r--");
    }

    /** Writes a key. Only the owner may read the file. */
    public static void write(Path file, PrivateKey key) throws IOException {
        write(file, text(key), "rw-------");
    }

    /** Writes a key and its certificates, with lines before them. Only the owner may read the file. */
    public static void write(Path file, String lines, PrivateKey key, List<X509Certificate> certificates)
            throws IOException {
        write(file, lines + text(key) + text(certificates), "rw-------");
    }

    private static String text(List<X509Certificate> certificates) throws IOException {
        StringBuilder text = new StringBuilder();
        try {
            for (X509Certificate certificate : certificates) {
                text.append(block("CERTIFICATE", certificate.getEncoded()));
            }
        } catch (CertificateException e) {
            throw new IOException(e);
        }
        return text.toString();
    }

    private static String text(PrivateKey key) {
        return block("PRIVATE KEY", key.getEncoded());
    }

    private static String block(String what, byte[] content) {
        return "-----BEGIN " + what + "-----\n"
                + Base64.getMimeEncoder(LINE, new byte[] {'\n'}).encodeToString(content) + "\n-----END " + what
                + "-----\n";
    }

    /** The file is there as a whole or not at all, and nobody else can open it before it has its mode. */
    private static void write(Path file, String text, String mode) throws IOException {
        Path part = file.resolveSibling(file.getFileName() + ".part");
        Files.deleteIfExists(part);
        try (FileChannel channel = FileChannel.open(
                part,
                Set.of(StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE),
                PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString(mode)))) {
            channel.write(ByteBuffer.wrap(text.getBytes(StandardCharsets.ISO_8859_1)));
            channel.force(true);
        }
        Files.move(part, file, StandardCopyOption.ATOMIC_MOVE);
    }
}
