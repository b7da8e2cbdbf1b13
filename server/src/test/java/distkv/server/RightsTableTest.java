package distkv.server;

import static distkv.server.WireClient.map;
import static org.assertj.core.api.Assertions.assertThat;

import distkv.access.AccessTable;
import distkv.access.Grant;
import distkv.access.Token;
import distkv.model.Commit;
import distkv.model.Expectation;
import distkv.model.Path;
import distkv.model.Value;
import distkv.model.Write;
import distkv.store.engine.MemoryStore;
import java.io.IOException;
import java.nio.file.Files;
import java.security.SecureRandom;
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

/**
 * Every action, by every role, at every kind of path: the server allows exactly what the table in {@code docs/security.md}
 * says, and what it denies has no effect.
 */
@Timeout(120)
class RightsTableTest {
    private static final java.nio.file.Path DOCUMENT = java.nio.file.Path.of("../docs/security.md");
    private static final String HEAD = "| role | ";

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

    private final Map<String, String> secrets = new HashMap<>();
    private final MemoryStore store = new MemoryStore("tree");
    private ServerFixture fixture;

    @BeforeEach
    void start() throws IOException {
        for (String role : table().keySet()) {
            token(role, role);
        }
        token("root", "owner");
        fixture = new ServerFixture(ServerFixture.OPTIONS.open(false), store);
    }

    @AfterEach
    void close() throws IOException {
        fixture.close();
    }

    private void token(String name, String role) {
        Token.Created created = Token.create(name, List.of(new Grant(role)), 0, "", new SecureRandom());
        Value entry = created.token().encode();
        store.commit(Commit.of(Write.set(AccessTable.token(created.token().id()), entry, Expectation.anything())))
                .join();
        secrets.put(name, created.secret());
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
                row.put(kinds.get(column), cells.get(column));
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
        table().forEach((role, row) -> row.forEach((kind, letters) -> tests.add(DynamicTest.dynamicTest(
                role + " at " + kind, () -> check(role, kind, letters, row.getOrDefault("data", ""))))));
        return tests;
    }

    private void check(String role, String kind, String letters, String own) throws IOException {
        Path path = Objects.requireNonNull(PLACES.get(kind));
        boolean internal = kind.equals("internal");
        WireClient owner = logIn("root");
        for (Probe probe : internal ? internalProbes(path) : probes(path)) {
            write(owner, internal, path);
            WireClient wire = logIn(role);
            boolean allowed = probe.needs()
                    .chars()
                    .allMatch(need -> need == 'o' ? own.contains("w") : letters.indexOf(need) >= 0);
            Map<String, Object> reply = answer(wire, probe);
            boolean denied = "access".equals(reply.get("etype"));
            assertThat(denied)
                    .as("%s by %s at %s: %s", probe.name(), role, kind, reply)
                    .isEqualTo(!allowed);
            if (denied) {
                assertThat(String.valueOf(reply.get("error"))).startsWith("access: token " + role + " may not ");
                assertThat(read(owner, internal, path))
                        .as("after %s", probe.name())
                        .isEqualTo(kind.equals("job") ? map("x", 5L, "as", "token root") : map("x", 5L));
            }
            wire.close();
        }
        owner.close();
    }

    private static void write(WireClient owner, boolean internal, Path path) throws IOException {
        assertThat(owner.call(internal ? "set_internal" : "set_value", "path", path.elements(), "value", map("x", 5)))
                .containsKey("changed");
    }

    private static @Nullable Object read(WireClient owner, boolean internal, Path path) throws IOException {
        return owner.call(internal ? "get_internal" : "get_value", "path", path.elements())
                .get("value");
    }

    /** The reply, or of a stream the error if it has one, otherwise its start. */
    private static Map<String, Object> answer(WireClient wire, Probe probe) throws IOException {
        wire.ask(probe.action(), probe.pairs());
        Map<String, Object> first = wire.read();
        return Boolean.TRUE.equals(first.get("refused")) ? wire.read() : first;
    }

    private WireClient logIn(String user) throws IOException {
        WireClient wire = fixture.wire();
        List<Map<String, Object>> stream =
                wire.readStream(wire.ask("auth", "typ", "token", "token", secrets.get(user)));
        assertThat(stream).noneMatch(message -> message.containsKey("error"));
        return wire;
    }
}
