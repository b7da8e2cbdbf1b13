package distkv.client.transport;

import distkv.protocol.tls.Fingerprint;
import java.net.Socket;
import java.security.GeneralSecurityException;
import java.security.cert.CertificateException;
import java.security.cert.X509Certificate;
import java.util.List;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.X509ExtendedTrustManager;

/** Trusts one authority, of which only the fingerprint is known, and what that authority has signed. */
final class PinnedAuthority extends X509ExtendedTrustManager {
    private final Fingerprint pinned;

    PinnedAuthority(Fingerprint pinned) {
        this.pinned = pinned;
    }

    @Override
    public void checkServerTrusted(X509Certificate[] chain, String type, Socket socket) throws CertificateException {
        trusting(chain).checkServerTrusted(chain, type, socket);
    }

    @Override
    public void checkServerTrusted(X509Certificate[] chain, String type, SSLEngine engine) throws CertificateException {
        trusting(chain).checkServerTrusted(chain, type, engine);
    }

    @Override
    public void checkServerTrusted(X509Certificate[] chain, String type) throws CertificateException {
        trusting(chain).checkServerTrusted(chain, type);
    }

    /** The usual checks, with the pinned authority as the only one that is trusted. */
    private X509ExtendedTrustManager trusting(X509Certificate[] chain) throws CertificateException {
        for (X509Certificate certificate : chain) {
            if (Fingerprint.of(certificate).equals(pinned)) {
                try {
                    return TlsContext.trusting(List.of(certificate));
                } catch (GeneralSecurityException e) {
                    throw new CertificateException(e);
                }
            }
        }
        throw new CertificateException("the fingerprint of the server's authority is "
                + Fingerprint.of(chain[chain.length - 1]) + " (expected: " + pinned + ")");
    }

    @Override
    public void checkClientTrusted(X509Certificate[] chain, String type, Socket socket) throws CertificateException {
        throw clients();
    }

    @Override
    public void checkClientTrusted(X509Certificate[] chain, String type, SSLEngine engine) throws CertificateException {
        throw clients();
    }

    @Override
    public void checkClientTrusted(X509Certificate[] chain, String type) throws CertificateException {
        throw clients();
    }

    private static CertificateException clients() {
        return new CertificateException("a client trusts no other clients");
    }

    @Override
    public X509Certificate[] getAcceptedIssuers() {
        return new X509Certificate[0];
    }
}
