package distkv.client.transport;

import distkv.protocol.tls.PemFile;
import java.io.IOException;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.KeyStoreException;
import java.security.cert.X509Certificate;
import java.util.List;
import javax.net.ssl.KeyManager;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManager;
import javax.net.ssl.TrustManagerFactory;
import javax.net.ssl.X509ExtendedTrustManager;
import org.jspecify.annotations.Nullable;

/** Makes the JDK's context from {@link TlsSettings}. The files are read each time, so a changed one holds at once. */
final class TlsContext {
    private static final char[] NO_PASSWORD = {};

    private TlsContext() {}

    /** @throws IOException if a file cannot be used; the message names it */
    static SSLContext of(TlsSettings settings) throws IOException {
        try {
            SSLContext context = SSLContext.getInstance("TLSv1.3");
            context.init(keys(settings), trust(settings), null);
            return context;
        } catch (GeneralSecurityException e) {
            throw new IOException("tls: " + e.getMessage(), e);
        }
    }

    private static KeyManager @Nullable [] keys(TlsSettings settings) throws IOException, GeneralSecurityException {
        if (settings.certificate() == null || settings.key() == null) {
            return null;
        }
        KeyStore store = empty();
        store.setKeyEntry(
                "client",
                PemFile.privateKey(settings.key()),
                NO_PASSWORD,
                PemFile.certificates(settings.certificate()).toArray(X509Certificate[]::new));
        // It decrypts the key once; that of "PKIX" does so at each handshake, which takes longer than all the rest of
        // it.
        KeyManagerFactory factory = KeyManagerFactory.getInstance("SunX509");
        factory.init(store, NO_PASSWORD);
        return factory.getKeyManagers();
    }

    private static TrustManager @Nullable [] trust(TlsSettings settings) throws IOException, GeneralSecurityException {
        if (settings.fingerprint() != null) {
            return new TrustManager[] {new PinnedAuthority(settings.fingerprint())};
        }
        return settings.authority() == null
                ? null
                : new TrustManager[] {trusting(PemFile.certificates(settings.authority()))};
    }

    /** Trusts these authorities only. */
    static X509ExtendedTrustManager trusting(List<X509Certificate> authorities) throws GeneralSecurityException {
        KeyStore store;
        try {
            store = empty();
        } catch (IOException e) {
            throw new KeyStoreException(e);
        }
        for (int i = 0; i < authorities.size(); i++) {
            store.setCertificateEntry("authority" + i, authorities.get(i));
        }
        TrustManagerFactory factory = TrustManagerFactory.getInstance("PKIX");
        factory.init(store);
        return (X509ExtendedTrustManager) factory.getTrustManagers()[0];
    }

    private static KeyStore empty() throws IOException, GeneralSecurityException {
        KeyStore store = KeyStore.getInstance("PKCS12");
        store.load(null, NO_PASSWORD);
        return store;
    }
}
