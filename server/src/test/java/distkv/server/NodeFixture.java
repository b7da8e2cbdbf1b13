package distkv.server;

import distkv.access.AccessTable;
import distkv.access.Grant;
import distkv.access.NodeAccount;
import distkv.access.NodeAccount.Reads;
import distkv.access.Token;
import distkv.model.Commit;
import distkv.model.Expectation;
import distkv.model.Path;
import distkv.model.Value;
import distkv.model.Write;
import distkv.protocol.Values;
import distkv.protocol.tls.Fingerprint;
import distkv.server.tls.Authority;
import distkv.store.ForwardingStore;
import distkv.store.engine.MemoryStore;
import java.io.IOException;
import java.net.InetAddress;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.KeyStore;
import java.security.SecureRandom;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManagerFactory;
import org.jspecify.annotations.Nullable;

/** A server with TLS at which everybody must log in: nodes by certificate, an owner by token. */
final class NodeFixture implements AutoCloseable {
    private static final char[] NO_PASSWORD = {};

    /** A certificate and its key. */
    record Credentials(KeyPair key, X509Certificate certificate) {
        String fingerprint() {
            return Fingerprint.of(certificate).toString();
        }
    }

    final MemoryStore store = new MemoryStore("tree");
    ServerFixture fixture;
    private final java.nio.file.Path directory;
    private final Authority authority;
    private final String secret;
    private final Map<String, Credentials> nodes = new HashMap<>();

    /** @param directory for the server's authority */
    NodeFixture(java.nio.file.Path directory) throws IOException {
        Token.Created owner = Token.create("root", List.of(new Grant("owner")), 0, "", new SecureRandom());
        secret = owner.secret();
        write(AccessTable.token(owner.token().id()), owner.token().encode());
        this.directory = directory;
        fixture = serve();
        authority = Authority.open(directory.resolve("tls"), "tree", Instant.now());
    }

    private ServerFixture serve() throws IOException {
        ServerOptions options = ServerFixture.OPTIONS
                .in(directory)
                .withTls(new ServerOptions.Tls.Automatic())
                .open(false);
        // The store outlives the server.
        return new ServerFixture(options, new ForwardingStore(store) {
            @Override
            public void close() {}
        });
    }

    /** The server ends, and another one serves the same store. */
    void restart() throws IOException {
        fixture.close();
        fixture = serve();
    }

    void write(Path path, Value value) {
        store.commit(Commit.of(Write.set(path, value, Expectation.anything()))).join();
    }

    /** A certificate of the server's authority. */
    Credentials sign(String name, Instant from, Duration life) throws IOException {
        KeyPair key = Authority.newKey();
        return new Credentials(key, authority.client(name, key.getPublic(), from, life));
    }

    /** A new certificate that logs in a node of these groups; the entry is written through the server. */
    Credentials join(String name, String... groups) throws Exception {
        Credentials made = sign(name, Instant.now(), Duration.ofDays(1));
        nodes.put(name, made);
        entry(name, made, false, groups);
        return made;
    }

    void entry(String name, Credentials known, boolean revoked, String... groups) throws Exception {
        NodeAccount node = new NodeAccount(
                name, Set.of(groups), Set.of(), Set.of(known.fingerprint()), 5, "root", revoked, Reads.ALL);
        try (WireClient owner = owner()) {
            owner.call(
                    "set_internal", "path", List.of("access", "node", name), "value", Values.decode(node.encode(null)));
        }
    }

    /** Makes a token with this role; returns what logs it in. */
    String token(String name, String role) throws Exception {
        Token.Created created = Token.create(name, List.of(new Grant(role)), 0, "", new SecureRandom());
        try (WireClient owner = owner()) {
            owner.call(
                    "set_internal",
                    "path",
                    List.of("access", "token", created.token().id()),
                    "value",
                    Values.decode(created.token().encode()));
        }
        return created.secret();
    }

    /** Connects to the Unix socket, whose user is the server's. */
    WireClient local() throws IOException {
        return new WireClient(new LocalWire(Objects.requireNonNull(fixture.server.socketPath())));
    }

    WireClient owner() throws Exception {
        WireClient wire = connect(null);
        wire.readStream(wire.ask("auth", "typ", "token", "token", secret));
        return wire;
    }

    /** Connects as a node that has joined. */
    WireClient node(String name) throws Exception {
        return connect(Objects.requireNonNull(nodes.get(name)));
    }

    WireClient connect(@Nullable Credentials client) throws IOException, GeneralSecurityException {
        KeyStore trusted = KeyStore.getInstance("PKCS12");
        trusted.load(null, null);
        trusted.setCertificateEntry("authority", authority.certificate());
        TrustManagerFactory trust = TrustManagerFactory.getInstance("PKIX");
        trust.init(trusted);
        KeyManagerFactory keys = null;
        if (client != null) {
            KeyStore own = KeyStore.getInstance("PKCS12");
            own.load(null, null);
            own.setKeyEntry(
                    "client", client.key().getPrivate(), NO_PASSWORD, new X509Certificate[] {client.certificate()});
            keys = KeyManagerFactory.getInstance("PKIX");
            keys.init(own, NO_PASSWORD);
        }
        SSLContext context = SSLContext.getInstance("TLSv1.3");
        context.init(keys == null ? null : keys.getKeyManagers(), trust.getTrustManagers(), null);
        return new WireClient(
                context.getSocketFactory().createSocket(InetAddress.getLoopbackAddress(), fixture.server.port()));
    }

    @Override
    public void close() throws IOException {
        fixture.close();
    }
}
