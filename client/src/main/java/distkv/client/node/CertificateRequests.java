package distkv.client.node;

import distkv.client.Client;
import distkv.client.ClientException;
import distkv.client.ClientOptions;
import distkv.client.ServerConnectionException;
import distkv.model.Bytes;
import distkv.protocol.Reply;
import distkv.protocol.Request;
import distkv.protocol.tls.PemFile;
import java.security.GeneralSecurityException;
import java.security.PublicKey;
import java.security.cert.CertificateException;
import java.security.cert.X509Certificate;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** How a machine gets the certificate with which it logs in as a node. */
public final class CertificateRequests {
    /**
     * What the server has answered.
     *
     * @param certificate for the key that was sent
     * @param authority the certificate of the authority that has signed it
     */
    public record Issued(
            String node,
            List<String> groups,
            List<String> labels,
            X509Certificate certificate,
            X509Certificate authority) {}

    private CertificateRequests() {}

    /**
     * Joins with an invitation. Whoever does not get the answer may ask again with the same key.
     *
     * @param server to connect to; the client need not be able to log in there
     * @param credential the id and the secret of the invitation
     * @throws ServerConnectionException if the server is not there, or is another one
     * @throws ClientException if it refuses
     */
    public static Issued join(ClientOptions server, String credential, PublicKey key) throws InterruptedException {
        Reply reply = Client.asNobody(
                server,
                stranger -> stranger.ask(
                        seq -> new Request.JoinAsNode(seq, new Request.Secret(credential, null), bytes(key))));
        if (reply instanceof Reply.Failed failed) {
            throw ClientException.of(failed);
        }
        return issued(reply, key);
    }

    /** Asks for the next certificate of the node as which a client is logged in. */
    public static Issued renew(Client client, PublicKey key) throws InterruptedException {
        return issued(client.call(false, seq -> new Request.RenewNode(seq, bytes(key))), key);
    }

    private static Bytes bytes(PublicKey key) {
        return new Bytes(key.getEncoded());
    }

    private static Issued issued(Reply reply, PublicKey key) {
        Map<?, ?> map = reply.fields();
        if (map.isEmpty()) {
            throw new IllegalStateException("join: the answer is none (expected: a certificate)");
        }
        try {
            X509Certificate certificate = certificate(map.get("certificate"));
            X509Certificate authority = certificate(map.get("authority"));
            certificate.verify(authority.getPublicKey());
            if (certificate.getPublicKey().equals(key)) {
                return new Issued(
                        String.valueOf(map.get("name")),
                        texts(map.get("groups")),
                        texts(map.get("labels")),
                        certificate,
                        authority);
            }
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("join: the certificate cannot be used: " + e.getMessage(), e);
        }
        throw new IllegalStateException("join: the certificate is for another key (expected: for the one sent)");
    }

    private static X509Certificate certificate(@Nullable Object encoded) throws CertificateException {
        if (encoded instanceof byte[] bytes) {
            return PemFile.certificate(bytes);
        }
        throw new CertificateException("missing");
    }

    private static List<String> texts(@Nullable Object list) {
        return list instanceof List<?> texts
                ? texts.stream()
                        .map(Objects::requireNonNull)
                        .map(String::valueOf)
                        .toList()
                : List.of();
    }
}
