package distkv.server;

import static distkv.server.WireClient.map;
import static distkv.server.WireClient.path;

import distkv.access.AccessTable;
import distkv.access.Invitation;
import distkv.access.JoinCode;
import distkv.access.audit.AuditLine;
import distkv.access.audit.AuditReader;
import distkv.model.Path;
import distkv.protocol.Values;
import distkv.server.tls.Authority;
import java.io.IOException;
import java.security.SecureRandom;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/** Asks a server for some things that must be denied, one for each part of a request that is checked by itself. */
final class HoleFinder {
    private final NodeFixture fixture;
    private final List<String> holes;

    private HoleFinder(NodeFixture fixture, List<String> holes) {
        this.fixture = fixture;
        this.holes = holes;
    }

    /** What was not denied; {@code null} if everything was. */
    static @Nullable String find(java.nio.file.Path directory) throws Exception {
        List<String> holes = new ArrayList<>();
        try (NodeFixture fixture = new NodeFixture(directory)) {
            fixture.write(Path.of("room", "temp"), Values.encode(21L));
            fixture.write(Path.of("hall"), Values.encode(5L));
            HoleFinder finder = new HoleFinder(fixture, holes);
            finder.parts();
            finder.streams();
            finder.nodes();
            finder.joining();
        }
        if (!recordedActions(directory).contains("denied")) {
            holes.add("audit: " + recordedActions(directory));
        }
        return holes.isEmpty() ? null : String.join("\n", holes);
    }

    private void denied(WireClient wire, String action, @Nullable Object... pairs) throws IOException {
        Long asked = wire.ask(action, pairs);
        Map<String, Object> reply = wire.readWhere(message -> asked.equals(message.get("seq")));
        if (Boolean.TRUE.equals(reply.get("refused"))) {
            reply = wire.readWhere(message -> asked.equals(message.get("seq")));
        }
        if (!List.of("access", "session").contains(String.valueOf(reply.get("etype")))) {
            holes.add(action + " " + Arrays.toString(pairs) + ": " + reply);
        }
    }

    private void role(String name, Object... rules) throws Exception {
        try (WireClient owner = fixture.owner()) {
            owner.call("set_internal", "path", path("access", "role", name), "value", map("rules", List.of(rules)));
        }
    }

    private WireClient as(String role) throws Exception {
        WireClient wire = fixture.connect(null);
        wire.readStream(wire.ask("auth", "typ", "token", "token", fixture.token(role, role)));
        return wire;
    }

    private void parts() throws Exception {
        role("room", map("at", "room.#", "allow", List.of("read", "write")));
        role("sensor", map("at", "room.#", "allow", List.of("write")));
        role("all", map("at", "#", "allow", List.of("read", "write")));
        Map<String, Object> mine = map("path", path("room", "x"), "value", 1);
        Map<String, Object> other = map("path", path("hall"), "value", 1);
        try (WireClient room = as("room")) {
            denied(room, "set_value", "path", path("hall"), "value", 1);
            denied(room, "commit", "writes", List.of(mine, other));
            denied(room, "watch", "path", path(), "only", List.of(path("room"), path("hall")));
            denied(room, "set_value", "path", path("room"), "value", 1, "guard", List.of(List.of(path("hall"), 1)));
            denied(room, "get_internal", "path", path("access", "token"));
        }
        try (WireClient sensor = as("sensor")) {
            denied(sensor, "set_value", "path", path("room", "temp"), "value", 22, "prev", 20);
            denied(sensor, "delete_value", "path", path("room", "temp"), "prev", 20);
        }
        try (WireClient all = as("all")) {
            denied(all, "get_value", "path", path(".distkv", "code", "proc", "x"));
        }
    }

    private void streams() throws Exception {
        role("hall", map("at", "hall", "allow", List.of("read")));
        try (WireClient wire = as("hall");
                WireClient owner = fixture.owner()) {
            Long watch = wire.ask("watch", "path", path("hall"), "max_depth", 0, "fetch", true);
            while (!"uptodate".equals(wire.read().get("state"))) {}
            role("hall", map("at", "room", "allow", List.of("read")));
            owner.call("set_value", "path", path("hall"), "value", 6);
            Map<String, Object> next = wire.readWhere(message -> watch.equals(message.get("seq")));
            if (next.containsKey("value")) {
                holes.add("watch: " + next);
            }
        }
    }

    private void nodes() throws Exception {
        fixture.join("attic", "default");
        fixture.join("cellar", "default");
        List<Object> claim = path(".distkv", "claim", "any", "default", "heat");
        try (WireClient attic = fixture.node("attic");
                WireClient cellar = fixture.node("cellar")) {
            Map<String, Object> opened = attic.call("session", "ttl", 60);
            denied(cellar, "session", "session", opened.get("session"), "secret", opened.get("secret"));
            long session = WireClient.number(cellar.call("session", "ttl", 60), "session");
            Map<String, Object> held =
                    attic.call("commit", "writes", List.of(claim(claim, "attic", opened.get("session"), null)));
            Object tick = ((List<?>) WireClient.get(held, "ticks")).getFirst();
            denied(cellar, "commit", "writes", List.of(claim(claim, "cellar", session, ServerFixture.chain(tick))));
            denied(
                    cellar,
                    "set_value",
                    "path",
                    path(".distkv", "state", "any", "default", "heat"),
                    "value",
                    map("node", null, "started", 1),
                    "chain",
                    null);
        }
    }

    private void joining() throws Exception {
        byte[] key = Authority.newKey().getPublic().getEncoded();
        Invitation.Created late = Invitation.create(
                "loft", List.of(), List.of(), System.currentTimeMillis() / 1e3 - 60, "root", new SecureRandom());
        Invitation expired = late.invitation();
        fixture.write(AccessTable.invitation(expired.id()), expired.encode());
        try (WireClient owner = fixture.owner();
                WireClient machine = fixture.connect(null)) {
            Map<String, Object> reply = owner.call("node_invite", "node", "barn", "ttl", 60, "address", "here");
            Map<?, ?> made = (Map<?, ?>) WireClient.get(reply, "result");
            String secret = JoinCode.parse(String.valueOf(made.get("code"))).credential();
            machine.call("node_join", "secret", secret, "pubkey", key);
            byte[] another = Authority.newKey().getPublic().getEncoded();
            denied(machine, "node_join", "secret", secret, "pubkey", another);
            denied(machine, "node_join", "secret", expired.id() + "_" + late.secret(), "pubkey", another);
        }
    }

    /** What the server has written to its audit log. */
    private static Set<String> recordedActions(java.nio.file.Path directory) throws IOException {
        Set<String> actions = new TreeSet<>();
        try (AuditReader reader = new AuditReader(directory)) {
            for (List<AuditLine> some = reader.read(); !some.isEmpty(); some = reader.read()) {
                some.forEach(line -> actions.add(line.action()));
            }
        }
        return actions;
    }

    private static Map<String, Object> claim(
            List<Object> path, String node, @Nullable Object session, @Nullable Object chain) {
        return map(
                "path",
                path,
                "value",
                map("node", node, "started", 1, "session", session),
                "chain",
                chain,
                "session",
                true);
    }
}
