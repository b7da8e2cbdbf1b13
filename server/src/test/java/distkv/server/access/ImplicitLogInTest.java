package distkv.server.access;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeFalse;

import distkv.access.AccessTable;
import distkv.access.NodeAccount;
import distkv.access.NodeAccount.Reads;
import distkv.access.Principal;
import distkv.model.Entry;
import distkv.schema.Prefixes;
import distkv.server.net.PeerIdentity;
import distkv.server.net.PeerIdentity.ClientCertificate;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.FileSystems;
import java.nio.file.attribute.UserPrincipal;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ImplicitLogInTest {
    private static final NodeAccount ATTIC =
            new NodeAccount("attic", Set.of("default"), Set.of(), Set.of("5f", "60"), 0, "olga", false, Reads.ALL);
    private static final Principal EVERYBODY = new Principal.Owner("everybody");

    private static UserPrincipal user(String name) throws IOException {
        return FileSystems.getDefault().getUserPrincipalLookupService().lookupPrincipalByName(name);
    }

    private static @Nullable Principal of(PeerIdentity peer, boolean open) {
        return ImplicitLogIn.of(peer, table(), open, false);
    }

    private static AccessTable table(NodeAccount... nodes) {
        List<Entry> entries = Arrays.stream(nodes)
                .map(node -> new Entry(AccessTable.node(node.name()), node.encode(null), 1, 0))
                .toList();
        return AccessTable.of(Prefixes.DEFAULT, entries, fault -> {});
    }

    private static InetSocketAddress at(String address) throws IOException {
        return new InetSocketAddress(InetAddress.getByName(address), 5);
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void theServersUserAndRootOwnTheServer(boolean open) throws IOException {
        String own = System.getProperty("user.name");
        assertThat(of(new PeerIdentity.Local(user(own)), open)).isEqualTo(new Principal.Owner("user " + own));
        assertThat(of(new PeerIdentity.Local(user("root")), open)).isEqualTo(new Principal.Owner("user root"));
    }

    @Test
    void allOthersMustLogIn() throws IOException {
        assumeFalse(System.getProperty("user.name").equals("nobody"));
        ClientCertificate certificate = new ClientCertificate("CN=attic", "00", Instant.MAX);
        assertThat(of(new PeerIdentity.Local(user("nobody")), false)).isNull();
        assertThat(of(new PeerIdentity.Tcp(at("127.0.0.1")), false)).isNull();
        assertThat(of(new PeerIdentity.Tls(at("127.0.0.1"), certificate), false))
                .isNull();
    }

    @Test
    void anOpenServerIsOpenOnThisMachineAndToCertificatesAlone() throws IOException {
        assumeFalse(System.getProperty("user.name").equals("nobody"));
        ClientCertificate certificate = new ClientCertificate("CN=attic", "00", Instant.MAX);
        assertThat(of(new PeerIdentity.Local(user("nobody")), true)).isEqualTo(EVERYBODY);
        for (String here : List.of("127.0.0.1", "::1")) {
            assertThat(of(new PeerIdentity.Tcp(at(here)), true)).isEqualTo(EVERYBODY);
            assertThat(of(new PeerIdentity.Tls(at(here), null), true)).isEqualTo(EVERYBODY);
        }
        assertThat(of(new PeerIdentity.Tls(at("192.0.2.7"), certificate), true)).isEqualTo(EVERYBODY);
        assertThat(of(new PeerIdentity.Tls(at("192.0.2.7"), null), true)).isNull();
        assertThat(of(new PeerIdentity.Tcp(at("192.0.2.7")), true)).isNull();
    }

    private static @Nullable Principal shown(String subject, String fingerprint, boolean open, NodeAccount... nodes)
            throws IOException {
        ClientCertificate certificate = new ClientCertificate(subject, fingerprint, Instant.MAX);
        return ImplicitLogIn.of(new PeerIdentity.Tls(at("192.0.2.7"), certificate), table(nodes), open, true);
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void aCertificateOfANodeLogsItIn(boolean open) throws IOException {
        assertThat(shown("CN=attic", "5f", open, ATTIC)).isEqualTo(new Principal.OfNode("attic"));
        assertThat(shown("CN=attic", "60", open, ATTIC)).isEqualTo(new Principal.OfNode("attic"));
        assertThat(shown("CN=attic", "61", open, ATTIC)).isNull();
        assertThat(shown("CN=attic,O=x", "5f", open, ATTIC)).isNull();
        assertThat(shown("CN=cellar", "5f", open, ATTIC)).isNull();
        assertThat(shown("CN=attic", "5f", open)).isNull();
        NodeAccount revoked =
                new NodeAccount("attic", Set.of("default"), Set.of(), Set.of("5f"), 0, "olga", true, Reads.ALL);
        assertThat(shown("CN=attic", "5f", open, revoked)).isNull();
    }
}
