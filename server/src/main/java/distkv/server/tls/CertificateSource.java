package distkv.server.tls;

import java.io.IOException;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/** Where a server's certificate comes from. Used by one thread at a time. */
interface CertificateSource {
    /**
     * Looks for a newer certificate.
     *
     * @param current what is in use; {@code null} at the start
     * @return {@code null} if the current one is the newest
     * @throws IOException if there is a newer one, but it cannot be used; the message names the file
     */
    @Nullable
    Credentials newer(@Nullable Credentials current, Instant now) throws IOException;
}
