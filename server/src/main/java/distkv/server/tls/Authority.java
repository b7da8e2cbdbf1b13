package distkv.server.tls;

import distkv.protocol.tls.Fingerprint;
import distkv.protocol.tls.PemFile;
import java.io.IOException;
import java.math.BigInteger;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.PrivateKey;
import java.security.PublicKey;
import java.security.SecureRandom;
import java.security.cert.X509Certificate;
import java.security.spec.ECGenParameterSpec;
import java.time.Duration;
import java.time.Instant;
import java.util.Date;
import java.util.List;
import org.bouncycastle.asn1.x500.X500Name;
import org.bouncycastle.asn1.x500.X500NameBuilder;
import org.bouncycastle.asn1.x500.style.BCStyle;
import org.bouncycastle.asn1.x509.BasicConstraints;
import org.bouncycastle.asn1.x509.ExtendedKeyUsage;
import org.bouncycastle.asn1.x509.Extension;
import org.bouncycastle.asn1.x509.GeneralName;
import org.bouncycastle.asn1.x509.GeneralNames;
import org.bouncycastle.asn1.x509.KeyPurposeId;
import org.bouncycastle.asn1.x509.KeyUsage;
import org.bouncycastle.cert.X509v3CertificateBuilder;
import org.bouncycastle.cert.jcajce.JcaX509CertificateConverter;
import org.bouncycastle.cert.jcajce.JcaX509ExtensionUtils;
import org.bouncycastle.cert.jcajce.JcaX509v3CertificateBuilder;
import org.bouncycastle.operator.OperatorCreationException;
import org.bouncycastle.operator.jcajce.JcaContentSignerBuilder;

/**
 * A small certificate authority: a key and a certificate in a directory that only this user may enter. It signs the
 * server's certificate and those of nodes. All keys are of the curve P-256.
 */
public final class Authority {
    /** How long the authority lasts. */
    private static final Duration LIFE = Duration.ofDays(10 * 365);

    /** How long before its making a certificate is valid, for machines whose clock is behind. */
    static final Duration EARLY = Duration.ofHours(1);

    private static final String CURVE = "secp256r1";
    private static final int SERIAL_BITS = 127;
    private static final String CERTIFICATE = "authority.crt";
    private static final String KEY = "authority.key";

    private final X509Certificate certificate;
    private final PrivateKey key;

    private Authority(X509Certificate certificate, PrivateKey key) {
        this.certificate = certificate;
        this.key = key;
    }

    /**
     * Opens the authority in a directory, or makes one.
     *
     * @param name whose authority it is, for those who read its certificate
     * @throws IOException if that is not possible; the message names the file
     */
    public static Authority open(Path directory, String name, Instant now) throws IOException {
        Path certificateFile = directory.resolve(CERTIFICATE);
        Path keyFile = directory.resolve(KEY);
        if (!Files.exists(certificateFile) && !Files.exists(keyFile)) {
            Files.createDirectories(
                    directory, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------")));
            Authority made = make(name, now);
            PemFile.write(keyFile, made.key);
            PemFile.write(certificateFile, List.of(made.certificate));
            return made;
        }
        X509Certificate found = PemFile.certificates(certificateFile).getFirst();
        PrivateKey foundKey = PemFile.privateKey(keyFile);
        new Credentials(foundKey, List.of(found), List.of()).checked();
        return new Authority(found, foundKey);
    }

    private static Authority make(String name, Instant now) throws IOException {
        KeyPair pair = newKey();
        X500Name subject = name("DistKV authority of " + name);
        X509v3CertificateBuilder builder = builder(subject, subject, pair.getPublic(), now, now.plus(LIFE));
        try {
            builder.addExtension(Extension.basicConstraints, true, new BasicConstraints(0));
            builder.addExtension(Extension.keyUsage, true, new KeyUsage(KeyUsage.keyCertSign | KeyUsage.cRLSign));
            builder.addExtension(
                    Extension.subjectKeyIdentifier,
                    false,
                    new JcaX509ExtensionUtils().createSubjectKeyIdentifier(pair.getPublic()));
        } catch (GeneralSecurityException e) {
            throw new IOException(e);
        }
        return new Authority(sign(builder, pair.getPrivate()), pair.getPrivate());
    }

    /** A new key. */
    public static KeyPair newKey() {
        try {
            KeyPairGenerator generator = KeyPairGenerator.getInstance("EC");
            generator.initialize(new ECGenParameterSpec(CURVE));
            return generator.generateKeyPair();
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("a Java without the curve " + CURVE, e);
        }
    }

    public X509Certificate certificate() {
        return certificate;
    }

    /** Identifies the authority, for those who have only heard of it. */
    public Fingerprint fingerprint() {
        return Fingerprint.of(certificate);
    }

    /** Signs the certificate of a server with these host names and addresses. */
    X509Certificate server(String name, List<String> hosts, PublicKey of, Instant now, Duration life)
            throws IOException {
        GeneralName[] names = hosts.stream()
                .map(host -> new GeneralName(
                        isAddress(host) ? GeneralName.iPAddress : GeneralName.dNSName, withoutZone(host)))
                .toArray(GeneralName[]::new);
        X509v3CertificateBuilder builder = leaf(name, of, now, life, KeyPurposeId.id_kp_serverAuth);
        builder.addExtension(Extension.subjectAlternativeName, false, new GeneralNames(names));
        return sign(builder, key);
    }

    /** Signs the certificate of a client, for example of a node. */
    public X509Certificate client(String name, PublicKey of, Instant now, Duration life) throws IOException {
        return sign(leaf(name, of, now, life, KeyPurposeId.id_kp_clientAuth), key);
    }

    private X509v3CertificateBuilder leaf(String name, PublicKey of, Instant now, Duration life, KeyPurposeId purpose)
            throws IOException {
        X500Name issuer =
                X500Name.getInstance(certificate.getSubjectX500Principal().getEncoded());
        X509v3CertificateBuilder builder = builder(issuer, name(name), of, now, now.plus(life));
        try {
            JcaX509ExtensionUtils identifiers = new JcaX509ExtensionUtils();
            builder.addExtension(Extension.basicConstraints, true, new BasicConstraints(false));
            builder.addExtension(Extension.keyUsage, true, new KeyUsage(KeyUsage.digitalSignature));
            builder.addExtension(Extension.extendedKeyUsage, false, new ExtendedKeyUsage(purpose));
            builder.addExtension(
                    Extension.authorityKeyIdentifier, false, identifiers.createAuthorityKeyIdentifier(certificate));
            builder.addExtension(Extension.subjectKeyIdentifier, false, identifiers.createSubjectKeyIdentifier(of));
        } catch (GeneralSecurityException e) {
            throw new IOException(e);
        }
        return builder;
    }

    private static X509v3CertificateBuilder builder(
            X500Name issuer, X500Name subject, PublicKey of, Instant from, Instant until) {
        BigInteger serial = new BigInteger(SERIAL_BITS, new SecureRandom()).setBit(0);
        return new JcaX509v3CertificateBuilder(
                issuer, serial, Date.from(from.minus(EARLY)), Date.from(until), subject, of);
    }

    private static X509Certificate sign(X509v3CertificateBuilder builder, PrivateKey by) throws IOException {
        try {
            return new JcaX509CertificateConverter()
                    .getCertificate(builder.build(new JcaContentSignerBuilder("SHA256withECDSA").build(by)));
        } catch (GeneralSecurityException | OperatorCreationException e) {
            throw new IOException("a certificate cannot be signed: " + e.getMessage(), e);
        }
    }

    private static X500Name name(String common) {
        return new X500NameBuilder(BCStyle.INSTANCE).addRDN(BCStyle.CN, common).build();
    }

    private static boolean isAddress(String host) {
        return host.contains(":") || host.matches("[0-9.]+");
    }

    private static String withoutZone(String host) {
        return host.split("%", -1)[0];
    }
}
