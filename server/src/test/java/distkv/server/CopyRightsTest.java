package distkv.server;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Who may have a copy of the whole tree, and promote one: owners, and nobody else. */
@Timeout(60)
@SuppressWarnings("NullAway.Init")
class CopyRightsTest {
    @TempDir
    private Path directory;

    private NodeFixture fixture;

    @BeforeEach
    void start() throws Exception {
        fixture = new NodeFixture(directory);
    }

    @AfterEach
    void close() throws Exception {
        fixture.close();
    }

    private static void assertDenied(WireClient wire) throws Exception {
        assertThat(wire.refused("copy_follow")).containsEntry("etype", "access");
        assertThat(wire.call("copy_promote", "force", true)).containsEntry("etype", "access");
    }

    @ParameterizedTest
    @ValueSource(strings = {"viewer", "editor", "operator", "author"})
    void noOtherRoleMay(String role) throws Exception {
        String token = fixture.token(role, role);
        try (WireClient wire = fixture.connect(null)) {
            wire.readStream(wire.ask("auth", "typ", "token", "token", token));
            assertDenied(wire);
        }
    }

    @Test
    void aNodeMayNot() throws Exception {
        fixture.join("attic", "default");
        try (WireClient wire = fixture.node("attic")) {
            assertDenied(wire);
        }
    }

    @Test
    void anOwnerMayButThisStoreHasNoCopiesAndIsNone() throws Exception {
        try (WireClient wire = fixture.owner()) {
            assertThat(wire.greeting).doesNotContainKeys("tree", "epoch", "seal");
            Map<String, Object> refused = wire.refused("copy_follow");
            assertThat(refused).containsEntry("etype", "chain");
            assertThat(String.valueOf(refused.get("error"))).contains("store cannot be followed");
            assertThat(String.valueOf(wire.call("copy_promote").get("error"))).contains("this server is no copy");
        }
    }
}
