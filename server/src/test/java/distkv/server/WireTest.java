package distkv.server;

import static distkv.server.WireClient.path;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Timeout;

/** A server over an empty store in memory, and a client. */
@Timeout(60)
abstract class WireTest {
    ServerFixture fixture;
    WireClient wire;

    @BeforeEach
    void start() throws IOException {
        fixture = new ServerFixture();
        wire = fixture.wire();
    }

    @AfterEach
    void close() throws IOException {
        fixture.close();
    }

    /** Sets the entries {@code t from} to {@code t to-1} at once and waits for all of them. */
    void fill(int from, int to, Object value) throws IOException {
        for (int i = from; i < to; i++) {
            wire.ask("set_value", "path", path("t", i), "value", value, "nchain", 0);
        }
        for (int i = from; i < to; i++) {
            wire.readWhere(message -> message.containsKey("changed"));
        }
    }

    /** Ends a stream. The reply and the stream's last message come in whichever order. */
    static void stop(WireClient client, long stream) throws IOException {
        long seq = client.ask("stop", "task", stream);
        assertThat(List.of(client.read(), client.read()))
                .anySatisfy(reply -> assertThat(reply).containsEntry("seq", seq).containsEntry("result", true))
                .anySatisfy(end -> assertThat(end).containsEntry("seq", stream).containsEntry("state", "end"));
    }
}
