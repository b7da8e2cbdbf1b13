package distkv.server.access;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeFalse;

import distkv.access.Principal;
import distkv.server.net.PeerIdentity;
import distkv.server.net.PeerIdentity.ClientCertificate;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.FileSystems;
import java.nio.file.attribute.UserPrincipal;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ImplicitLogInTest {
    private static final Principal EVERYBODY = new Principal.Owner("everybody");

    private static UserPrincipal user(String name) throws IOException {
        return FileSystems.getDefault().getUserPrincipalLookupService().lookupPrincipalByName(name);
    }

    private static InetSocketAddress at(String address) throws IOException {
        return new InetSocketAddress(InetAddress.getByName(address), 5);
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void theServersUserAndRootOwnTheServer(boolean open) throws IOException {
        String own = System.getProperty("user.name");
        assertThat(ImplicitLogIn.of(new PeerIdentity.Local(user(own)), open))
                .isEqualTo(new Principal.Owner("user " + own));
        assertThat(ImplicitLogIn.of(new PeerIdentity.Local(user("root")), open))
                .isEqualTo(new Principal.Owner("user root"));
    }

    @Test
    void allOthersMustLogIn() throws IOException {
        assumeFalse(System.getProperty("user.name").equals("nobody"));
        ClientCertificate certificate = new ClientCertificate("CN=attic", "00", Instant.MAX);
        assertThat(ImplicitLogIn.of(new PeerIdentity.Local(user("nobody")), false))
                .isNull();
        assertThat(ImplicitLogIn.of(new PeerIdentity.Tcp(at("127.0.0.1")), false))
                .isNull();
        assertThat(ImplicitLogIn.of(new PeerIdentity.Tls(at("127.0.0.1"), certificate), false))
                .isNull();
    }

    @Test
    void anOpenServerIsOpenOnThisMachineAndToCertificatesAlone() throws IOException {
        assumeFalse(System.getProperty("user.name").equals("nobody"));
        ClientCertificate certificate = new ClientCertificate("CN=attic", "00", Instant.MAX);
        assertThat(ImplicitLogIn.of(new PeerIdentity.Local(user("nobody")), true))
                .isEqualTo(EVERYBODY);
        for (String here : List.of("127.0.0.1", "::1")) {
            assertThat(ImplicitLogIn.of(new PeerIdentity.Tcp(at(here)), true)).isEqualTo(EVERYBODY);
            assertThat(ImplicitLogIn.of(new PeerIdentity.Tls(at(here), null), true))
                    .isEqualTo(EVERYBODY);
        }
        assertThat(ImplicitLogIn.of(new PeerIdentity.Tls(at("192.0.2.7"), certificate), true))
                .isEqualTo(EVERYBODY);
        assertThat(ImplicitLogIn.of(new PeerIdentity.Tls(at("192.0.2.7"), null), true))
                .isNull();
        assertThat(ImplicitLogIn.of(new PeerIdentity.Tcp(at("192.0.2.7")), true))
                .isNull();
    }
}
