package distkv.server.access;

import static org.assertj.core.api.Assertions.assertThat;

import distkv.access.AccessTable;
import distkv.access.NodeAccount;
import distkv.access.NodeAccount.Reads;
import distkv.model.Commit;
import distkv.model.Expectation;
import distkv.model.Path;
import distkv.model.Write;
import distkv.protocol.Request;
import distkv.protocol.Seq;
import distkv.schema.Prefixes;
import distkv.server.audit.AuditLog;
import distkv.server.net.PeerIdentity;
import distkv.server.net.PeerIdentity.ClientCertificate;
import distkv.server.session.SessionRecords;
import distkv.server.tree.Replica;
import distkv.store.engine.MemoryStore;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.time.Instant;
import java.util.Objects;
import java.util.Set;
import org.junit.jupiter.api.Test;

class ConnectionAccessTest {
    private static final Request GET = new Request.GetValue(Seq.of(1), Path.of("room"), false, false);

    private static ConnectionAccess attic(AccessControl control, Instant validUntil) {
        ClientCertificate certificate = new ClientCertificate("CN=attic", "5f", validUntil);
        InetSocketAddress from = new InetSocketAddress(InetAddress.getLoopbackAddress(), 5);
        return new ConnectionAccess(control, new PeerIdentity.Tls(from, certificate), new ConnectionAccess.Listener() {
            @Override
            public void rightsChanged() {}

            @Override
            public void loggedOut(String reason) {}
        });
    }

    @Test
    void aCertificateThatHasExpiredSinceAllowsNothingMore() {
        try (MemoryStore store = new MemoryStore("tree")) {
            NodeAccount node =
                    new NodeAccount("attic", Set.of("default"), Set.of(), Set.of("5f"), 0, "", false, Reads.ALL);
            store.commit(Commit.of(Write.set(AccessTable.node("attic"), node.encode(null), Expectation.anything())))
                    .join();
            Replica replica = Replica.start(store);
            AccessControl control = new AccessControl(
                    replica,
                    store,
                    new SessionRecords(replica),
                    Prefixes.DEFAULT,
                    topic -> topic,
                    false,
                    true,
                    AuditLog.NONE);
            ConnectionAccess valid = attic(control, Instant.now().plus(Duration.ofHours(1)));
            assertThat(valid.check(GET, Path.ROOT, 0, 0)).isNull();
            assertThat(valid.isOver()).isFalse();
            ConnectionAccess late = attic(control, Instant.now().minus(Duration.ofSeconds(1)));
            assertThat(Objects.requireNonNull(late.check(GET, Path.ROOT, 0, 0)).text())
                    .startsWith("access: node attic: its certificate is revoked or has expired");
            assertThat(late.isOver()).isTrue();
        }
    }
}
