package distkv.server.tls;

import distkv.protocol.tls.PemFile;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.cert.CertificateParsingException;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.time.Instant;
import java.util.Collection;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * A certificate that the server's own {@link Authority} signs. A new one, with a new key, is made when two thirds of the
 * life of the last one are over, when the server's names have changed, or when the clock says that the last one is not
 * valid.
 */
final class OwnCertificate implements CertificateSource {
    static final Duration LIFE = Duration.ofDays(90);

    /** How often the names are looked up. */
    private static final Duration NAMES = Duration.ofMinutes(1);

    private static final String CERTIFICATE = "server.crt";
    private static final String KEY = "server.key";
    private static final int THIRDS = 3;

    private final Path directory;
    private final String name;
    private final Supplier<List<String>> hosts;
    private final Authority authority;
    private Instant named = Instant.EPOCH;

    /**
     * @param directory where the authority is, or will be
     * @param name of the server
     * @param hosts the names and addresses under which clients reach it now
     */
    OwnCertificate(Path directory, String name, Supplier<List<String>> hosts, Instant now) throws IOException {
        this.directory = directory;
        this.name = name;
        this.hosts = hosts;
        this.authority = Authority.open(directory, name, now);
    }

    Authority authority() {
        return authority;
    }

    @Override
    public @Nullable Credentials newer(@Nullable Credentials current, Instant now) throws IOException {
        X509Certificate root = authority.certificate();
        if (now.isAfter(root.getNotAfter().toInstant())
                || now.isBefore(root.getNotBefore().toInstant())) {
            throw new IOException(directory + ": the authority is valid from "
                    + root.getNotBefore().toInstant() + " to "
                    + root.getNotAfter().toInstant() + ", and it is " + now
                    + " now (expected: a time between these; is the clock right?)");
        }
        Credentials last = current == null ? saved() : current;
        boolean due = last == null || isDue(last, now);
        if (!due && current != null && Duration.between(named, now).abs().compareTo(NAMES) < 0) {
            return null;
        }
        named = now;
        List<String> names = hosts.get();
        if (last != null && !due && names(last.certificate()).containsAll(names)) {
            return current == null ? last : null;
        }
        KeyPair pair = Authority.newKey();
        X509Certificate made = authority.server(name, names, pair.getPublic(), now, LIFE);
        PemFile.write(directory.resolve(KEY), pair.getPrivate());
        PemFile.write(directory.resolve(CERTIFICATE), List.of(made, root));
        return new Credentials(pair.getPrivate(), List.of(made, root), List.of(root));
    }

    /** The one of the last time; {@code null} if it cannot be used. */
    private @Nullable Credentials saved() {
        Path file = directory.resolve(CERTIFICATE);
        if (!Files.exists(file)) {
            return null;
        }
        try {
            List<X509Certificate> chain = PemFile.certificates(file);
            chain.getFirst().verify(authority.certificate().getPublicKey());
            return new Credentials(
                            PemFile.privateKey(directory.resolve(KEY)),
                            List.of(chain.getFirst(), authority.certificate()),
                            List.of(authority.certificate()))
                    .checked();
        } catch (IOException | GeneralSecurityException e) {
            // A new one is made: nothing depends on the old one.
            return null;
        }
    }

    private static boolean isDue(Credentials last, Instant now) {
        Duration life = Duration.between(last.validFrom(), last.validUntil());
        return !last.isValidAt(now) || !now.isBefore(last.validUntil().minus(life.dividedBy(THIRDS)));
    }

    static Set<String> names(X509Certificate certificate) throws IOException {
        Set<String> names = new TreeSet<>();
        try {
            Collection<List<?>> found = certificate.getSubjectAlternativeNames();
            if (found != null) {
                found.forEach(pair -> names.add(String.valueOf(pair.get(1))));
            }
        } catch (CertificateParsingException e) {
            throw new IOException(e);
        }
        return names;
    }
}
