package distkv.server.access;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeFalse;

import distkv.access.Principal;
import distkv.server.net.PeerIdentity;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.FileSystems;
import java.nio.file.attribute.UserPrincipal;
import org.junit.jupiter.api.Test;

class LocalOwnersTest {
    private static UserPrincipal user(String name) throws IOException {
        return FileSystems.getDefault().getUserPrincipalLookupService().lookupPrincipalByName(name);
    }

    @Test
    void theServersUserAndRootOwnTheServer() throws IOException {
        String own = System.getProperty("user.name");
        assertThat(LocalOwners.find(new PeerIdentity.Local(user(own)))).isEqualTo(new Principal.Owner("user " + own));
        assertThat(LocalOwners.find(new PeerIdentity.Local(user("root")))).isEqualTo(new Principal.Owner("user root"));
    }

    @Test
    void nobodyElseDoes() throws IOException {
        assumeFalse(System.getProperty("user.name").equals("nobody"));
        assertThat(LocalOwners.find(new PeerIdentity.Local(user("nobody")))).isNull();
        InetSocketAddress near = new InetSocketAddress(InetAddress.getLoopbackAddress(), 5);
        assertThat(LocalOwners.find(new PeerIdentity.Tcp(near))).isNull();
        assertThat(LocalOwners.find(new PeerIdentity.Tls(near, null))).isNull();
    }
}
