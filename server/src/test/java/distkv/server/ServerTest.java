package distkv.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import distkv.store.engine.MemoryStore;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

@Timeout(30)
class ServerTest {
    private static final ServerOptions ANY_PORT =
            ServerOptions.defaults().at("127.0.0.1", 0).open(true);

    @ParameterizedTest
    @ValueSource(strings = {"127.0.0.1", "localhost"})
    void listensOnTheLoopback(String host) throws IOException {
        try (Server server = Server.start(ANY_PORT.at(host, 0), new MemoryStore("tree"))) {
            assertThat(server.port()).isPositive();
            try (Socket client = new Socket(InetAddress.getByName(host), server.port())) {
                assertThat(client.getInputStream().read()).isNotNegative();
            }
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"0.0.0.0", "10.1.2.3", "::"})
    void refusesEveryOtherAddress(String host) {
        MemoryStore store = new MemoryStore("tree");
        assertThatThrownBy(() -> Server.start(ANY_PORT.at(host, 0), store))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageStartingWith("host: " + host + " (expected: a loopback address such as 127.0.0.1");
        store.close();
    }

    @Test
    void namesThePortThatIsInUse() throws IOException {
        MemoryStore store = new MemoryStore("tree");
        try (ServerSocket other = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            int port = other.getLocalPort();
            assertThatThrownBy(() -> Server.start(ANY_PORT.at("127.0.0.1", port), store))
                    .isInstanceOf(IOException.class)
                    .hasMessageStartingWith("cannot listen on 127.0.0.1, port " + port + ": ")
                    .hasMessageEndingWith("(expected: a port that no other process uses)");
        }
        store.close();
    }

    @Test
    void namesTheHostThatIsUnknown() {
        MemoryStore store = new MemoryStore("tree");
        assertThatThrownBy(() -> Server.start(ANY_PORT.at("no.such.host.invalid", 0), store))
                .isInstanceOf(IOException.class)
                .hasMessageStartingWith("host no.such.host.invalid is unknown");
        store.close();
    }

    @Test
    void freesItsPortWhenItCloses() throws IOException {
        Server first = Server.start(ANY_PORT, new MemoryStore("tree"));
        int port = first.port();
        first.close();
        Server.start(ANY_PORT.at("127.0.0.1", port), new MemoryStore("tree")).close();
    }

    @Test
    void optionsAreChecked() {
        assertThatThrownBy(() -> ANY_PORT.at("localhost", 65_536)).hasMessage("port: 65536 (expected: 0 to 65535)");
        assertThatThrownBy(() -> ANY_PORT.withMaxConnections(0)).hasMessage("max connections: 0 (expected: 1 or more)");
    }
}
