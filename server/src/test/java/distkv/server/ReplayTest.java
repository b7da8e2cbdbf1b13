package distkv.server;

import static org.assertj.core.api.Assertions.assertThat;

import distkv.model.Path;
import distkv.model.Value;
import distkv.protocol.Values;
import distkv.store.engine.MemoryStore;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/**
 * What clients said to the original is said to this server, and answered alike. Ticks are translated, since ours are
 * others; what an error says beyond its kind, and the order of replies to different requests, is free.
 */
@Timeout(60)
class ReplayTest {
    private final Map<Object, Object> ticks = new HashMap<>();
    private @Nullable WireClient wire;

    @Test
    void conversationsWithTheOriginalGoTheSameWayHere() throws IOException {
        ServerOptions options = ServerOptions.defaults().at("127.0.0.1", 0).open(true);
        try (Server server = Server.start(options, new MemoryStore("node1"))) {
            try (WireClient first = new WireClient(server.port())) {
                first.call("set_value", "path", WireClient.path(), "value", "Testing");
                first.call("set_internal", "path", WireClient.path("x"), "value", 1);
            }
            String name = "";
            List<Map<String, Object>> expected = new ArrayList<>();
            for (String line : lines()) {
                if (line.startsWith("=")) {
                    check(name, expected);
                    close(name);
                    name = line;
                    wire = new WireClient(server.port());
                } else if (line.startsWith("<")) {
                    expected.add(decode(line));
                } else {
                    check(name, expected);
                    Map<String, Object> request = decode(line);
                    // As it was sent, but for what names a tick of the original.
                    if (request.containsKey("chain") || request.containsKey("tick")) {
                        wire().send(translated(request));
                    } else {
                        wire().sendBytes(HexFormat.of().parseHex(line.substring(2)));
                    }
                }
            }
            check(name, expected);
            close(name);
        }
    }

    private WireClient wire() {
        return Objects.requireNonNull(wire);
    }

    /** Ends a conversation, in which nothing may have been sent beyond what the original sent. */
    private void close(String name) throws IOException {
        if (wire != null) {
            wire.socket.shutdownOutput();
            assertThat(wire.readOrEnd()).as(name).isNull();
            wire.close();
        }
    }

    private static List<String> lines() throws IOException {
        var resource = Objects.requireNonNull(ReplayTest.class.getResourceAsStream("captured.txt"));
        try (BufferedReader in = new BufferedReader(new InputStreamReader(resource, StandardCharsets.UTF_8))) {
            return in.lines().filter(line -> !line.startsWith("#")).toList();
        }
    }

    @SuppressWarnings("unchecked")
    private static Map<String, Object> decode(String line) {
        Value value = new Value(HexFormat.of().parseHex(line.substring(2)));
        return (Map<String, Object>) Objects.requireNonNull(Values.decode(value));
    }

    /**
     * Compares what the original sent since the last request with what comes here, those of each request in their order.
     * What comes for another request before its turn, such as a message before the reply to who sent it, waits for it.
     */
    private void check(String name, List<Map<String, Object>> expected) throws IOException {
        Map<Object, List<Map<String, Object>>> theirs = new TreeMap<>();
        for (Map<String, Object> message : expected) {
            theirs.computeIfAbsent(message.get("seq"), _ -> new ArrayList<>()).add(message);
        }
        for (Map.Entry<Object, List<Map<String, Object>>> request : theirs.entrySet()) {
            Object seq = request.getKey();
            for (Map<String, Object> their : request.getValue()) {
                Map<String, Object> our = their.containsKey("qlen")
                        ? wire().greeting
                        : wire().readWhere(message -> seq.equals(message.get("seq")));
                learn(their, our);
                assertThat(plain(our)).as("%s, seq %s", name, seq).isEqualTo(plain(translated(their)));
            }
        }
        expected.clear();
    }

    private void learn(Map<String, Object> theirs, Map<String, Object> ours) {
        if (theirs.get("chain") instanceof Map<?, ?> their && ours.get("chain") instanceof Map<?, ?> our) {
            ticks.putIfAbsent(their.get("tick"), our.get("tick"));
        }
        if (theirs.containsKey("old_value")) {
            ticks.put(theirs.get("tick"), ours.get("tick"));
        }
    }

    /** The same message with our ticks. */
    private Map<String, Object> translated(Map<String, Object> message) {
        Map<String, Object> copy = new LinkedHashMap<>();
        message.forEach((key, value) -> {
            Object ours = value;
            if (key.equals("tick")) {
                ours = ticks.getOrDefault(value, value);
            } else if (key.equals("chain") && value instanceof Map<?, ?> chain) {
                Map<Object, Object> newer = new LinkedHashMap<>(chain);
                newer.computeIfPresent("tick", (_, tick) -> ticks.getOrDefault(tick, tick));
                ours = newer;
            }
            copy.put(key, ours);
        });
        return copy;
    }

    /** What must be the same: arrays of bytes as text, paths as arrays, no tocks, of an error only its kind. */
    private static Map<String, Object> plain(Map<String, Object> message) {
        Map<String, Object> plain = new TreeMap<>(message);
        plain.remove("tock");
        plain.remove("ext");
        plain.remove("writer");
        plain.remove("refused");
        plain.computeIfPresent("debug", (_, _) -> "whatever it is");
        if (plain.remove("error") != null) {
            plain.keySet().retainAll(List.of("seq"));
            plain.put("error", true);
        }
        if (plain.containsKey("qlen") || plain.get("nodes") != null) {
            plain.remove("tick");
            plain.remove("nodes");
        }
        plain.replaceAll((_, value) -> switch (value) {
            case byte[] bytes -> HexFormat.of().formatHex(bytes);
            case Path path -> path.elements();
            case null, default -> value;
        });
        return plain;
    }
}
