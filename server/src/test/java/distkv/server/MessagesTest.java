package distkv.server;

import static distkv.server.WireClient.map;
import static org.assertj.core.api.Assertions.assertThat;

import distkv.server.message.MonitorStream;
import java.io.IOException;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class MessagesTest {
    private ServerFixture fixture;
    private WireClient sender;
    private WireClient monitor;

    @BeforeEach
    void start() throws IOException {
        fixture = new ServerFixture();
        sender = fixture.wire();
        monitor = fixture.wire();
    }

    @AfterEach
    void close() throws IOException {
        fixture.close();
    }

    private void monitor(Object topic, boolean raw) throws IOException {
        assertThat(monitor.call("msg_monitor", "topic", topic, "raw", raw)).containsEntry("state", "start");
    }

    @Test
    void aMessageReachesThoseWhoMonitorItsTopic() throws IOException {
        monitor(List.of("foo"), false);
        monitor(List.of("foor"), true);
        assertThat(sender.call("msg_send", "topic", List.of("foo"), "data", List.of("Hello", 42)))
                .containsOnlyKeys("seq", "tock");
        assertThat(monitor.read())
                .containsEntry("seq", 1L)
                .containsEntry("topic", List.of("foo"))
                .containsEntry("data", List.of("Hello", 42L));
        sender.call("msg_send", "topic", List.of("foo"), "data", null);
        assertThat(monitor.read()).containsEntry("data", null);
        sender.call("msg_send", "topic", List.of("foo"), "raw", HexFormat.of().parseHex("c16a756e6b"));
        Map<String, Object> junk = monitor.read();
        assertThat(junk).containsEntry("error", "FormatError()").doesNotContainKey("data");
        assertThat((byte[]) junk.get("raw")).isEqualTo(HexFormat.of().parseHex("c16a756e6b"));
        sender.call("msg_send", "topic", "foo", "raw", HexFormat.of().parseHex("a178"));
        assertThat(monitor.read()).containsEntry("data", "x").doesNotContainKey("raw");
        sender.call("msg_send", "topic", List.of("foor"), "data", "x");
        Map<String, Object> raw = monitor.read();
        assertThat(raw).containsEntry("seq", 2L).doesNotContainKey("data");
        assertThat((byte[]) raw.get("raw")).isEqualTo(HexFormat.of().parseHex("a178"));
        assertThat(sender.call("msg_send", "topic", List.of("foo"))).containsEntry("etype", "request");
        assertThat(sender.call("msg_send", "topic", List.of("a", "+"), "data", 1))
                .containsEntry("etype", "request");
        assertThat(sender.refused("msg_monitor", "topic", List.of("#", "a"))).containsEntry("etype", "request");
    }

    @Test
    void aTopicThatBeginsWithAColonIsBelowTheServersRoot() throws IOException {
        monitor(List.of(":x", "#"), false);
        sender.call("msg_send", "topic", List.of(":x", "y"), "data", 1);
        assertThat(monitor.read()).containsEntry("topic", List.of(":distkv", ":x", "y"));
        monitor(List.of("+", ":x", "z"), false);
        sender.call("msg_send", "topic", List.of(":x", "z"), "data", 2);
        assertThat(List.of(monitor.read().get("seq"), monitor.read().get("seq")))
                .containsExactlyInAnyOrder(1L, 2L);
    }

    @Test
    void aStoppedMonitorGetsNothingMore() throws IOException {
        monitor(List.of("foo"), false);
        assertThat(monitor.call("stop", "task", 1)).containsEntry("result", true);
        assertThat(monitor.read()).containsEntry("state", "end");
        sender.call("msg_send", "topic", List.of("foo"), "data", 1);
        assertThat(monitor.call("get_value", "path", WireClient.path("x"))).doesNotContainKey("data");
    }

    @Test
    void messagesThatComeTooFastEndTheStreamAndNothingElse() throws IOException {
        monitor.send(map("seq", 0, "qlen", 4));
        monitor(List.of("foo"), false);
        for (int i = 0; i < MonitorStream.MAX + 10; i++) {
            sender.call("msg_send", "topic", List.of("foo"), "data", i);
        }
        long expected = 0;
        while (true) {
            Map<String, Object> message = monitor.read();
            monitor.send(map("seq", 1, "state", "ack", "ack", message.get("wseq")));
            if (message.containsKey("error")) {
                assertThat(message).containsEntry("etype", "overflow");
                break;
            }
            assertThat(message).containsEntry("data", expected++);
        }
        assertThat(expected).isBetween((long) MonitorStream.MAX, MonitorStream.MAX + 9L);
        assertThat(monitor.read()).containsEntry("state", "end");
        assertThat(monitor.call("get_value", "path", WireClient.path("x"))).doesNotContainKey("error");
    }
}
