package distkv.runner;

import distkv.access.AccessTable;
import distkv.access.NodeAccount;
import distkv.access.NodeAccount.Reads;
import distkv.client.Client;
import distkv.client.ClientOptions;
import distkv.client.transport.Address;
import distkv.client.transport.TlsSettings;
import distkv.protocol.tls.Fingerprint;
import distkv.protocol.tls.PemFile;
import distkv.server.tls.Authority;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.security.KeyPair;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;

/** Certificates of a server's authority, by which nodes log in. */
final class NodeCertificates {
    private final Path directory;
    private final Map<String, NodeAccount> nodes = new HashMap<>();

    /** @param directory of the server */
    NodeCertificates(Path directory) {
        this.directory = directory;
    }

    /** Lets a node in if it is not yet; returns how it connects. */
    ClientOptions join(Client owner, int port, String node, String group) throws InterruptedException {
        Path certificate = directory.resolve(node + ".crt");
        Path key = directory.resolve(node + ".key");
        if (!nodes.containsKey(node)) {
            try {
                Authority authority = Authority.open(directory.resolve("tls"), "tree", Instant.now());
                KeyPair pair = Authority.newKey();
                X509Certificate signed = authority.client(node, pair.getPublic(), Instant.now(), Duration.ofDays(1));
                PemFile.write(key, pair.getPrivate());
                PemFile.write(certificate, List.of(signed));
                String fingerprint = Fingerprint.of(signed).toString();
                write(
                        owner,
                        new NodeAccount(
                                node, Set.of(group), Set.of(), Set.of(fingerprint), 0, "test", false, Reads.JOBS));
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }
        TlsSettings trust = TlsSettings.trusting(directory.resolve("tls/authority.crt"));
        return ClientOptions.of(new Address.Tls("127.0.0.1", port)).withTls(trust.withCertificate(certificate, key));
    }

    void revoke(Client owner, String node) throws InterruptedException {
        write(owner, Objects.requireNonNull(nodes.get(node)).revoke());
    }

    private void write(Client owner, NodeAccount account) throws InterruptedException {
        nodes.put(account.name(), account);
        owner.setInternal(AccessTable.node(account.name()).tail(1), account.encode(null));
    }
}
