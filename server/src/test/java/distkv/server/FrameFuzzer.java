package distkv.server;

import static distkv.server.WireClient.map;

import distkv.model.Nil;
import distkv.model.Path;
import distkv.protocol.Values;
import java.math.BigInteger;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.jspecify.annotations.Nullable;

/** Makes frames that are almost requests, or nothing at all; the same for the same seed. */
final class FrameFuzzer {
    private static final List<List<Object>> PATHS = List.of(
            List.of(),
            List.of("room"),
            List.of("room", "temp"),
            List.of(".distkv"),
            Path.of(".distkv", "state", "any", "default", "heat").elements(),
            List.of("access"),
            List.of("access", "user", "olga"),
            List.of("access", "token"),
            Path.of(Nil.NIL).elements(),
            Path.of(Nil.NIL, "access", "user", "olga").elements(),
            Path.of(".distkv", Nil.NIL).elements());

    /** The names of all actions, and of some that are none. */
    private static final List<String> ACTIONS = List.of(
            "get_value",
            "set_value",
            "delete_value",
            "delete_tree",
            "get_tree",
            "watch",
            "enum",
            "enumerate",
            "enum_node",
            "root",
            "get_state",
            "get_tock",
            "stop",
            "msg_send",
            "msg_monitor",
            "test_acl",
            "session",
            "session_renew",
            "session_end",
            "commit",
            "diffie_hellman",
            "auth",
            "auth_info",
            "get_internal",
            "set_internal",
            "delete_internal",
            "get_tree_internal",
            "enum_internal",
            "auth_get",
            "auth_set",
            "auth_list",
            "set_auth_typ",
            "save",
            "log",
            "kill_node",
            "check_deleted",
            "update",
            "fake_info",
            "none",
            "");

    private static final List<String> KEYS = List.of(
            "path",
            "value",
            "chain",
            "nchain",
            "prev",
            "idem",
            "session",
            "guard",
            "writes",
            "again",
            "since",
            "only",
            "fetch",
            "min_depth",
            "max_depth",
            "node",
            "tick",
            "topic",
            "data",
            "raw",
            "ttl",
            "secret",
            "typ",
            "ident",
            "token",
            "password",
            "pubkey",
            "task",
            "state",
            "seq",
            "qlen",
            "ack",
            "with_data",
            "empty",
            "sorted",
            "mode",
            "acl",
            "tock",
            "wseq",
            "cause",
            "action");

    private final Random random;
    private long seq;

    FrameFuzzer(long seed) {
        this.random = new Random(seed);
    }

    /** The next frame, or what follows the last one instead of a frame. */
    byte[] next() {
        return switch (random.nextInt(20)) {
            case 0 -> garbage();
            case 1, 2 -> damaged(Values.encode(request()).bytes());
            case 3 -> cut(Values.encode(request()).bytes());
            default -> Values.encode(mutated(request())).bytes();
        };
    }

    private byte[] garbage() {
        byte[] bytes = new byte[1 + random.nextInt(40)];
        random.nextBytes(bytes);
        if (random.nextBoolean()) {
            bytes[0] = (byte) (0x80 + random.nextInt(16));
        }
        return bytes;
    }

    private byte[] damaged(byte[] bytes) {
        for (int i = random.nextInt(4); i >= 0; i--) {
            bytes[random.nextInt(bytes.length)] = (byte) random.nextInt(256);
        }
        return bytes;
    }

    private byte[] cut(byte[] bytes) {
        return Arrays.copyOf(bytes, random.nextInt(bytes.length) + 1);
    }

    private <T> T one(List<T> of) {
        return of.get(random.nextInt(of.size()));
    }

    private Map<String, Object> request() {
        Map<String, Object> request = map("action", one(ACTIONS), "seq", ++seq, "path", one(PATHS));
        String action = String.valueOf(request.get("action"));
        switch (action) {
            case "set_value", "set_internal" -> request.put("value", 1);
            case "commit" -> request.put("writes", List.of(map("path", one(PATHS), "value", 1, "chain", null)));
            case "watch" -> request.put("fetch", random.nextBoolean());
            case "enum_node" -> request.put("node", "tree");
            case "get_state" ->
                List.of("nodes", "known", "present", "memory", "tls", "debug", "store")
                        .forEach(part -> request.put(part, random.nextBoolean()));
            case "stop" -> request.put("task", seq - random.nextInt(5));
            case "msg_send", "msg_monitor" -> {
                request.put("topic", List.of("room", "#").subList(0, 1 + random.nextInt(2)));
                request.put("data", 1);
            }
            case "session" -> request.put("ttl", 0.1 + random.nextDouble());
            case "diffie_hellman" -> request.put("pubkey", new byte[random.nextInt(200)]);
            case "auth" -> {
                // A password costs the server 50 ms.
                request.put("typ", random.nextInt(100) == 0 ? "password" : one(List.of("token", "root")));
                request.put("token", "dkv_00_x");
                request.put("ident", one(List.of("olga", "vera", "")));
                request.put("password", one(List.of("x", new byte[70])));
            }
            default -> {}
        }
        return request;
    }

    private Map<String, Object> mutated(Map<String, Object> request) {
        for (int i = random.nextInt(4); i > 0; i--) {
            String key = random.nextBoolean() ? one(List.copyOf(request.keySet())) : one(KEYS);
            if (random.nextInt(5) == 0 && request.size() > 1) {
                request.remove(key);
            } else {
                request.put(key, anything(3));
            }
        }
        return request;
    }

    private @Nullable Object anything(int depth) {
        return switch (random.nextInt(depth > 0 ? 16 : 12)) {
            case 0 -> null;
            case 1 -> random.nextBoolean();
            case 2 -> random.nextInt(5) - 2;
            case 3 -> random.nextLong();
            case 4 -> new BigInteger(80, random);
            case 5 -> random.nextInt(3) == 0 ? Double.NaN : random.nextDouble() * 1e10;
            case 6 -> one(KEYS);
            case 7 -> one(ACTIONS);
            case 8 -> one(PATHS);
            case 9 -> Path.of("room", random.nextInt(9));
            case 10 -> new byte[random.nextInt(30)];
            case 11 -> "\u0000\ud7ff+#".repeat(random.nextInt(9));
            case 12, 13 -> {
                List<Object> list = new ArrayList<>();
                for (int i = random.nextInt(4); i > 0; i--) {
                    list.add(anything(depth - 1));
                }
                yield list;
            }
            default -> {
                Map<String, Object> some = new LinkedHashMap<>();
                for (int i = random.nextInt(4); i > 0; i--) {
                    some.put(one(KEYS), anything(depth - 1));
                }
                yield some;
            }
        };
    }
}
