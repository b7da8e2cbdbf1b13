package distkv.client.transport;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class AddressTest {
    @ParameterizedTest
    @CsvSource({
        "localhost, localhost:5",
        "::1, [::1]:5",
        "[::1], [::1]:5",
        "tls://attic, tls://attic:5",
        "tls://attic:7, tls://attic:7",
        "tls://[::1]:7, tls://[::1]:7",
        "tls://[::1], tls://[::1]:5",
        "tls://::1, tls://[::1]:5",
        "unix:/run/distkv.sock, unix:/run/distkv.sock",
        "unix:here, unix:here"
    })
    void anAddressIsReadAndPrinted(String text, String printed) {
        assertThat(Address.of(text, 5)).hasToString(printed);
    }

    @ParameterizedTest
    @ValueSource(strings = {"unix:", "tls://", "tls://:7", "tls://attic:0", "tls://attic:70000", "tls://attic:x"})
    void whatIsNoAddressIsRefused(String text) {
        assertThatThrownBy(() -> Address.of(text, 5))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("host: " + text + " (expected: ");
    }

    @Test
    void theSocketsThatThereAreComeBeforeThePort(@TempDir Path home) throws Exception {
        Map<String, String> environment = Map.of("HOME", home.toString());
        Path data = Files.createDirectories(LocalServer.dataDirectory(environment));
        assertThat(LocalServer.candidates(environment, null, 5)).last().hasToString("localhost:5");
        Path socket = Files.createFile(data.resolve("distkv.sock"));
        assertThat(LocalServer.candidates(environment, null, 5)).first().hasToString("unix:" + socket);
        assertThat(LocalServer.candidates(environment, home, 5)).hasToString("[localhost:5]");
        assertThat(LocalServer.candidates(Map.of(), data, 5)).hasToString("[unix:" + socket + ", localhost:5]");
    }
}
