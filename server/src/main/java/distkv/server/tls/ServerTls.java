package distkv.server.tls;

import distkv.model.process.VitalThreads;
import distkv.server.net.TlsEngines;
import java.io.IOException;
import java.net.InetAddress;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Objects;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.SSLParameters;
import javax.net.ssl.TrustManagerFactory;
import org.jspecify.annotations.Nullable;

/**
 * Makes the engines of a server's connections, always with its newest certificate. A newer one that cannot be used is
 * reported, and the one before stays in use.
 */
public final class ServerTls implements TlsEngines, AutoCloseable {
    /** How often a newer certificate is looked for. */
    private static final Duration PERIOD = Duration.ofSeconds(5);

    private static final System.Logger LOG = System.getLogger(ServerTls.class.getName());
    private static final char[] NO_PASSWORD = {};
    private static final String[] PROTOCOLS = {"TLSv1.3"};
    private static final String[] CIPHERS = {
        "TLS_AES_128_GCM_SHA256", "TLS_AES_256_GCM_SHA384", "TLS_CHACHA20_POLY1305_SHA256"
    };

    private record State(
            Credentials credentials,
            SSLContext context,
            @Nullable String problem) {}

    private final CertificateSource source;
    private final @Nullable Authority authority;
    private final InstantSource clock;
    private final CountDownLatch closing = new CountDownLatch(1);

    /** Written by the thread that looks for newer ones. */
    private volatile State state;

    ServerTls(CertificateSource source, @Nullable Authority authority, InstantSource clock) throws IOException {
        this.source = source;
        this.authority = authority;
        this.clock = clock;
        Credentials first = Objects.requireNonNull(source.newer(null, clock.instant()), "no certificate at the start");
        this.state = new State(first, context(first), null);
        reportValidity(first);
    }

    /**
     * With a certificate that an authority in this directory signs; both are made if they are not there.
     *
     * @param name of the server
     * @param host what it was told to listen on
     * @param listening where it listens
     * @throws IOException if there can be no such certificate; the message says why
     */
    public static ServerTls automatic(Path directory, String name, String host, InetAddress listening)
            throws IOException {
        InstantSource clock = InstantSource.system();
        OwnCertificate own = new OwnCertificate(directory, name, new HostNames(host, listening), clock.instant());
        return new ServerTls(own, own.authority(), clock).started();
    }

    /**
     * With a certificate in files.
     *
     * @param clientAuthority a file with the authorities whose clients' certificates are believed; {@code null}: none
     * @throws IOException if the files cannot be used; the message says why
     */
    public static ServerTls ofFiles(Path certificate, Path key, @Nullable Path clientAuthority) throws IOException {
        return new ServerTls(new CertificateFiles(certificate, key, clientAuthority), null, InstantSource.system())
                .started();
    }

    private ServerTls started() {
        VitalThreads.virtual("distkv-tls", this::watch).start();
        return this;
    }

    private void watch() {
        try {
            while (!closing.await(PERIOD.toMillis(), TimeUnit.MILLISECONDS)) {
                look();
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /** Takes a newer certificate, if there is one. */
    void look() {
        State now = state;
        String problem;
        try {
            Credentials newer = source.newer(now.credentials(), clock.instant());
            if (newer != null) {
                state = new State(newer, context(newer), null);
                LOG.log(System.Logger.Level.INFO, "a new certificate for TLS, valid until {0}", newer.validUntil());
                reportValidity(newer);
                return;
            }
            problem = now.problem();
        } catch (IOException e) {
            problem = String.valueOf(e.getMessage());
        }
        if (problem != null && !problem.equals(now.problem())) {
            LOG.log(System.Logger.Level.WARNING, "{0}; the certificate before stays in use", problem);
            state = new State(now.credentials(), now.context(), problem);
        }
    }

    private void reportValidity(Credentials credentials) {
        Instant now = clock.instant();
        if (!credentials.isValidAt(now)) {
            LOG.log(System.Logger.Level.WARNING, "TLS: {0}; clients will refuse it", validity(credentials, now));
        }
    }

    private static String validity(Credentials credentials, Instant now) {
        String range = "valid from " + credentials.validFrom() + " to " + credentials.validUntil();
        return credentials.isValidAt(now)
                ? "certificate " + range
                : "the certificate is " + range + ", and it is " + now + " now (are it and the clock right?)";
    }

    /** What people should know about the certificate, in a line. */
    public String status() {
        State now = state;
        String text = validity(now.credentials(), clock.instant());
        return now.problem() == null ? text : text + " (WARNING: " + now.problem() + ")";
    }

    Credentials credentials() {
        return state.credentials();
    }

    /** The authority that the server has made; {@code null} if its certificate comes from files. */
    public @Nullable Authority authority() {
        return authority;
    }

    @Override
    public SSLEngine engine() {
        State now = state;
        SSLEngine engine = now.context().createSSLEngine();
        engine.setUseClientMode(false);
        SSLParameters parameters = engine.getSSLParameters();
        parameters.setProtocols(PROTOCOLS);
        parameters.setCipherSuites(CIPHERS);
        parameters.setUseCipherSuitesOrder(true);
        parameters.setWantClientAuth(!now.credentials().clientAuthorities().isEmpty());
        engine.setSSLParameters(parameters);
        return engine;
    }

    private static SSLContext context(Credentials credentials) throws IOException {
        try {
            KeyStore keys = empty();
            keys.setKeyEntry(
                    "server",
                    credentials.key(),
                    NO_PASSWORD,
                    credentials.chain().toArray(X509Certificate[]::new));
            // It decrypts the key once; that of "PKIX" does so at each handshake, which takes longer than all the rest
            // of it.
            KeyManagerFactory managers = KeyManagerFactory.getInstance("SunX509");
            managers.init(keys, NO_PASSWORD);
            SSLContext context = SSLContext.getInstance("TLSv1.3");
            context.init(managers.getKeyManagers(), trust(credentials).getTrustManagers(), null);
            return context;
        } catch (GeneralSecurityException e) {
            throw new IOException("the certificate cannot be used: " + e.getMessage(), e);
        }
    }

    private static TrustManagerFactory trust(Credentials credentials) throws IOException, GeneralSecurityException {
        KeyStore authorities = empty();
        int number = 0;
        for (X509Certificate each : credentials.clientAuthorities()) {
            authorities.setCertificateEntry("authority" + number++, each);
        }
        TrustManagerFactory factory = TrustManagerFactory.getInstance("PKIX");
        factory.init(authorities);
        return factory;
    }

    private static KeyStore empty() throws IOException, GeneralSecurityException {
        KeyStore store = KeyStore.getInstance("PKCS12");
        store.load(null, NO_PASSWORD);
        return store;
    }

    /** Looks for newer certificates no more. */
    @Override
    public void close() {
        closing.countDown();
    }
}
