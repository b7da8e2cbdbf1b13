package distkv.client.node;

import distkv.client.Client;
import distkv.client.ClientException;
import distkv.protocol.tls.PemFile;
import java.io.IOException;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;

/** Renews a node's certificate when two thirds of its life are over. */
public final class CertificateRenewal implements AutoCloseable {
    private static final Duration PERIOD = Duration.ofHours(1);
    private static final int THIRDS = 3;
    private static final System.Logger LOG = System.getLogger(CertificateRenewal.class.getName());

    private final JoinedNode node;
    private final Client client;
    private final InstantSource clock;
    private final Duration period;
    private final Thread thread;

    private CertificateRenewal(JoinedNode node, Client client, InstantSource clock, Duration period) {
        this.node = node;
        this.client = client;
        this.clock = clock;
        this.period = period;
        this.thread = Thread.ofPlatform().daemon().name("distkv-renewal").unstarted(this::keep);
    }

    /** Renews the certificate for as long as this is open, and has the client connect again with each new one. */
    public static CertificateRenewal start(JoinedNode node, Client client) {
        return start(node, client, InstantSource.system(), PERIOD);
    }

    /** The same, by another clock, looking that often whether it is time. */
    public static CertificateRenewal start(JoinedNode node, Client client, InstantSource clock, Duration period) {
        CertificateRenewal renewal = new CertificateRenewal(node, client, clock, period);
        renewal.thread.start();
        return renewal;
    }

    private void keep() {
        try {
            X509Certificate used = node.certificate();
            while (true) {
                Thread.sleep(period);
                used = look(used);
            }
        } catch (IOException e) {
            LOG.log(System.Logger.Level.WARNING, "the certificate is not renewed: {0}", e.getMessage());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /** Renews the certificate if that is due; returns the one with which the client is connected then. */
    private X509Certificate look(X509Certificate used) throws InterruptedException {
        try {
            renewIfDue(node, client, clock.instant());
            X509Certificate now = node.certificate();
            if (!now.equals(used)) {
                client.reconnect("the certificate was renewed");
            }
            return now;
        } catch (IOException | ClientException | IllegalStateException e) {
            LOG.log(System.Logger.Level.WARNING, "the certificate is not renewed yet: {0}", e.getMessage());
            return used;
        }
    }

    /**
     * Renews the certificate if that is due. It counts from the next connection on.
     *
     * @throws IOException if the file cannot be read or written
     * @throws ClientException if the server does not answer, or refuses
     */
    public static void renewIfDue(JoinedNode node, Client client, Instant now)
            throws IOException, InterruptedException {
        X509Certificate current = node.certificate();
        Instant from = current.getNotBefore().toInstant();
        Instant until = current.getNotAfter().toInstant();
        if (now.isBefore(until.minus(Duration.between(from, until).dividedBy(THIRDS)))) {
            return;
        }
        CertificateRequests.Issued issued = CertificateRequests.renew(client, current.getPublicKey());
        node.save(PemFile.privateKey(node.file()), List.of(issued.certificate(), issued.authority()));
        LOG.log(
                System.Logger.Level.INFO,
                "a new certificate for node {0}, valid until {1}",
                node.name(),
                issued.certificate().getNotAfter().toInstant());
    }

    @Override
    public void close() {
        thread.interrupt();
    }
}
