package distkv.server;

import static distkv.server.WireClient.map;
import static org.assertj.core.api.Assertions.assertThat;

import distkv.model.Path;
import java.io.IOException;
import java.nio.file.Files;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * Every action, by every role, at every kind of path, over TLS and the Unix socket: the server allows exactly what the table in {@code docs/security.md}
 * says, and what it denies has no effect.
 */
@Timeout(120)
class RightsTableTest {
    private static final java.nio.file.Path DOCUMENT = java.nio.file.Path.of("../docs/security.md");
    private static final String HEAD = "| role | ";
    private static final String OWN = " own";

    /** A path of each kind in the table. */
    private static final Map<String, Path> PLACES = Map.ofEntries(
            Map.entry("data", Path.of("room", "temp")),
            Map.entry("extension", Path.of(".distkv", "hass", "light")),
            Map.entry("code", Path.of(".distkv", "code", "proc", "heat")),
            Map.entry("job", Path.of(".distkv", "run", "any", "default", "heat")),
            Map.entry("state", Path.of(".distkv", "state", "any", "default", "heat")),
            Map.entry("claim", Path.of(".distkv", "claim", "any", "default", "heat")),
            Map.entry("presence", Path.of(".distkv", "presence", "default", "attic")),
            Map.entry("error", Path.of(".distkv", "error", "attic", 5L)),
            Map.entry("group", Path.of(".distkv", "group", "default")),
            Map.entry("config", Path.of(".distkv", "config", "prefix")),
            Map.entry("internal", Path.of("type", "x")));

    /** What has the role by its certificate. */
    private static final String NODE = "node";

    /** How clients reach the server. */
    private enum Way {
        TLS,
        UNIX_SOCKET
    }

    @TempDir
    java.nio.file.Path directory;

    private final Map<String, String> secrets = new HashMap<>();
    private NodeFixture fixture;

    @BeforeEach
    void start() throws Exception {
        fixture = new NodeFixture(directory);
        for (String role : table().keySet()) {
            if (!role.equals(NODE)) {
                secrets.put(role, fixture.token(role, role));
            }
        }
        // What nodes may write of their own, and this one of another group may not, is in HostileNodeTest.
        fixture.join("cellar", "elsewhere");
    }

    @AfterEach
    void close() throws IOException {
        fixture.close();
    }

    /** The cells of the table: role, kind of path, and any of {@code r} and {@code w}. */
    private static Map<String, Map<String, String>> table() throws IOException {
        List<String> lines = Files.readAllLines(DOCUMENT);
        int head = 0;
        while (!lines.get(head).startsWith(HEAD)) {
            head++;
        }
        List<String> kinds = cells(lines.get(head));
        Map<String, Map<String, String>> table = new LinkedHashMap<>();
        for (int i = head + 2; i < lines.size() && lines.get(i).startsWith("|"); i++) {
            List<String> cells = cells(lines.get(i));
            Map<String, String> row = new LinkedHashMap<>();
            for (int column = 1; column < kinds.size(); column++) {
                row.put(kinds.get(column), cells.get(column).replace(OWN, ""));
            }
            table.put(cells.getFirst().replace("`", ""), row);
        }
        return table;
    }

    private static List<String> cells(String line) {
        return Arrays.stream(line.substring(1).split("\\|")).map(String::strip).toList();
    }

    /** What a client asks for; what it needs are letters of the table. */
    private record Probe(
            String name,
            String needs,
            String action,
            @Nullable Object[] pairs) {}

    private static List<Probe> probes(Path path) {
        List<Object> wire = path.elements();
        Map<String, Object> write = map("path", wire, "value", map("x", 1));
        Map<String, Object> allowed = map("path", List.of("own"), "value", 1);
        return List.of(
                probe("get", "r", "get_value", "path", wire),
                probe("get_tree", "r", "get_tree", "path", wire),
                probe("enum", "r", "enum", "path", wire),
                probe("watch", "r", "watch", "path", wire, "fetch", true),
                probe("watch only", "r", "watch", "path", List.of(), "only", List.of(wire)),
                probe("watch depth 0", "r", "watch", "path", wire, "max_depth", 0),
                probe("root", "r", "root", "path", wire),
                probe("set", "w", "set_value", "path", wire, "value", map("x", 1)),
                probe("set idem", "rw", "set_value", "path", wire, "value", map("x", 1), "idem", true),
                probe("set prev", "rw", "set_value", "path", wire, "value", map("x", 1), "prev", map("x", 1)),
                probe("delete", "w", "delete_value", "path", wire),
                probe("create", "rw", "set_value", "path", wire, "value", map("x", 1), "chain", null),
                probe("commit", "w", "commit", "writes", List.of(write)),
                probe("commit of two", "wo", "commit", "writes", List.of(allowed, write)),
                probe(
                        "commit with a guard",
                        "ro",
                        "commit",
                        "writes",
                        List.of(allowed),
                        "guard",
                        List.of(List.of(wire, 1))),
                probe(
                        "set with a guard",
                        "ro",
                        "set_value",
                        "path",
                        List.of("own"),
                        "value",
                        1,
                        "guard",
                        List.of(List.of(wire, 1))),
                probe(
                        "again",
                        "w",
                        "set_value",
                        "path",
                        wire,
                        "value",
                        map("x", 1),
                        "again",
                        List.of(List.of(1, 1)),
                        "since",
                        0),
                probe("delete_tree", "w", "delete_tree", "path", wire),
                probe("delete_tree, listing", "rw", "delete_tree", "path", wire, "nchain", 1));
    }

    private static List<Probe> internalProbes(Path path) {
        List<Object> wire = path.elements();
        return List.of(
                probe("get_internal", "r", "get_internal", "path", wire),
                probe("get_tree_internal", "r", "get_tree_internal", "path", wire),
                probe("enum_internal", "r", "enum_internal", "path", wire),
                probe("set_internal", "w", "set_internal", "path", wire, "value", 1),
                probe("delete_internal", "w", "delete_internal", "path", wire));
    }

    private static Probe probe(String name, String needs, String action, @Nullable Object... pairs) {
        return new Probe(name, needs, action, pairs);
    }

    @TestFactory
    List<DynamicTest> theServerDoesWhatTheTableSays() throws IOException {
        List<DynamicTest> tests = new ArrayList<>();
        for (Way way : Way.values()) {
            table().forEach((role, row) -> row.forEach((kind, letters) -> {
                if (way == Way.TLS || !role.equals(NODE)) {
                    tests.add(DynamicTest.dynamicTest(
                            role + " at " + kind + ", " + way,
                            () -> check(way, role, kind, letters, row.getOrDefault("data", ""))));
                }
            }));
        }
        return tests;
    }

    private void check(Way way, String role, String kind, String letters, String own) throws Exception {
        Path path = Objects.requireNonNull(PLACES.get(kind));
        boolean internal = kind.equals("internal");
        try (WireClient owner = fixture.owner();
                WireClient wire = logIn(way, role);
                WireClient moved = logIn(way, role)) {
            for (Probe probe : internal ? internalProbes(path) : probes(path)) {
                write(owner, internal, path);
                boolean allowed = probe.needs()
                        .chars()
                        .allMatch(need -> need == 'o' ? own.contains("w") : letters.indexOf(need) >= 0);
                Map<String, Object> reply = answer(probe.action().equals("root") ? moved : wire, probe);
                boolean denied = "access".equals(reply.get("etype"));
                if (role.equals(NODE) && "chain".equals(reply.get("etype"))) {
                    // A condition that does not hold is left to the store, which has refused the write.
                    continue;
                }
                assertThat(denied)
                        .as("%s by %s at %s: %s", probe.name(), role, kind, reply)
                        .isEqualTo(!allowed);
                if (denied) {
                    String who = role.equals(NODE) ? "node cellar" : "token " + role;
                    assertThat(String.valueOf(reply.get("error"))).startsWith("access: " + who + " may not ");
                    assertThat(read(owner, internal, path))
                            .as("after %s", probe.name())
                            .isEqualTo(5L);
                }
            }
        }
    }

    private static void write(WireClient owner, boolean internal, Path path) throws IOException {
        assertThat(owner.call(internal ? "set_internal" : "set_value", "path", path.elements(), "value", map("x", 5)))
                .containsKey("changed");
    }

    private static @Nullable Object read(WireClient owner, boolean internal, Path path) throws IOException {
        Object value = owner.call(internal ? "get_internal" : "get_value", "path", path.elements())
                .get("value");
        return value instanceof Map<?, ?> map ? map.get("x") : value;
    }

    /** The reply, or of a stream the error if it has one, otherwise its start. Streams before it go on. */
    private static Map<String, Object> answer(WireClient wire, Probe probe) throws IOException {
        Long asked = wire.ask(probe.action(), probe.pairs());
        Map<String, Object> first = wire.readWhere(message -> asked.equals(message.get("seq")));
        return Boolean.TRUE.equals(first.get("refused"))
                ? wire.readWhere(message -> asked.equals(message.get("seq")))
                : first;
    }

    private WireClient logIn(Way way, String role) throws Exception {
        if (role.equals(NODE)) {
            return fixture.node("cellar");
        }
        WireClient wire = way == Way.TLS ? fixture.connect(null) : fixture.local();
        List<Map<String, Object>> stream =
                wire.readStream(wire.ask("auth", "typ", "token", "token", secrets.get(role)));
        assertThat(stream).noneMatch(message -> message.containsKey("error"));
        return wire;
    }
}
