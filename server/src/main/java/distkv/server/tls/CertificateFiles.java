package distkv.server.tls;

import distkv.protocol.tls.PemFile;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** A certificate that somebody else makes: files, which are read again when they have changed. */
final class CertificateFiles implements CertificateSource {
    private final Path certificate;
    private final Path key;
    private final @Nullable Path clientAuthority;
    private List<String> seen = List.of();

    /** @param clientAuthority the authorities whose clients are believed; {@code null}: none */
    CertificateFiles(Path certificate, Path key, @Nullable Path clientAuthority) {
        this.certificate = certificate;
        this.key = key;
        this.clientAuthority = clientAuthority;
    }

    @Override
    public @Nullable Credentials newer(@Nullable Credentials current, Instant now) throws IOException {
        List<String> there = versions();
        if (there.equals(seen)) {
            return null;
        }
        seen = there;
        try {
            return new Credentials(
                            PemFile.privateKey(key),
                            PemFile.certificates(certificate),
                            clientAuthority == null ? List.of() : PemFile.certificates(clientAuthority))
                    .checked();
        } catch (IOException e) {
            String text = String.valueOf(e.getMessage());
            throw text.startsWith("the key ") ? new IOException(key + ": " + text, e) : e;
        }
    }

    /** What tells that a file has changed. */
    private List<String> versions() {
        List<String> versions = new ArrayList<>();
        for (Path file :
                clientAuthority == null ? List.of(certificate, key) : List.of(certificate, key, clientAuthority)) {
            try {
                BasicFileAttributes at = Files.readAttributes(file, BasicFileAttributes.class);
                versions.add(at.fileKey() + " " + at.size() + " " + at.lastModifiedTime());
            } catch (IOException e) {
                versions.add("none");
            }
        }
        return versions;
    }
}
