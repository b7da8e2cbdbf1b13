package distkv.cli.config;

import distkv.cli.input.UsageException;
import distkv.model.Path;
import distkv.schema.Prefixes;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The configuration: the original's keys and some of our own ({@link ConfigKey}), as a tree of maps over
 * {@link #DEFAULTS}.
 */
public record Config(Map<String, Object> tree) {
    public static final Config DEFAULTS = new Config(ConfigKey.defaults());

    private static final String CONNECT = "connect";
    private static final List<String> LOG_IN_PAIR = List.of("user", "password");
    private static final List<String> LOG_IN = List.of("auth", "token", "user", "password");

    /** This configuration, overlaid by a file's content: maps are merged, everything else is replaced. */
    public Config with(Map<?, ?> overlay) {
        return new Config(merged(tree, overlay));
    }

    /** This configuration with one value changed. */
    public Config with(Path key, @Nullable Object value) {
        return with(tree(key, value));
    }

    /** One value, as a tree of maps. */
    public static Map<?, ?> tree(Path key, @Nullable Object value) {
        @Nullable Object overlay = value;
        for (Object name : key.elements().reversed()) {
            Map<Object, @Nullable Object> map = new LinkedHashMap<>();
            map.put(name, overlay);
            overlay = map;
        }
        return overlay instanceof Map<?, ?> map ? map : Map.of();
    }

    private static Map<String, Object> merged(Map<?, ?> below, Map<?, ?> above) {
        Map<String, Object> result = new LinkedHashMap<>();
        below.forEach((key, value) -> result.put(String.valueOf(key), value));
        above.forEach((key, value) -> {
            Object old = result.get(String.valueOf(key));
            if (old instanceof Map<?, ?> oldMap && value instanceof Map<?, ?> newMap) {
                result.put(String.valueOf(key), merged(oldMap, newMap));
            } else if (value instanceof Map<?, ?> newMap) {
                result.put(String.valueOf(key), merged(Map.of(), newMap));
            } else if (value == null) {
                result.remove(String.valueOf(key));
            } else {
                result.put(String.valueOf(key), value);
            }
        });
        return result;
    }

    /** The value at a dotted key, or {@code null}. */
    @Nullable
    public Object find(String key) {
        Object value = tree;
        for (String name : key.split("\\.", -1)) {
            value = value instanceof Map<?, ?> map ? map.get(name) : null;
        }
        return value;
    }

    @Nullable
    public String text(String key) {
        Object value = find(key);
        return value == null ? null : value.toString();
    }

    /** A prefix: a path, or the text or the elements of one. */
    public Path path(String key) {
        return switch (find(key)) {
            case Path path -> path;
            case List<?> elements -> Path.of(elements);
            case String text -> {
                try {
                    yield Path.parse(text);
                } catch (IllegalArgumentException e) {
                    throw new UsageException("configuration " + key + ": " + e.getMessage(), e);
                }
            }
            case null, default -> throw wrong(key, "a path like :.distkv.run");
        };
    }

    /** A list of texts, or one text; nothing if it is not given. */
    public List<String> texts(String key) {
        return switch (find(key)) {
            case null -> List.of();
            case String text -> List.of(text);
            case List<?> list
            when list.stream().allMatch(String.class::isInstance) ->
                list.stream().map(String::valueOf).toList();
            case Object other -> throw wrong(key, "a list of texts");
        };
    }

    /** A number that is more than 0; {@code null} if it is not given. */
    @Nullable
    public Double positive(String key) {
        return switch (find(key)) {
            case null -> null;
            case Number number
            when number.doubleValue() > 0 && Double.isFinite(number.doubleValue()) -> number.doubleValue();
            case Object other -> throw wrong(key, "a number, more than 0");
        };
    }

    /** A key that is on or off. */
    public boolean flag(String key) {
        if (find(key) instanceof Boolean on) {
            return on;
        }
        throw wrong(key, "true or false");
    }

    public int port(String key) {
        if (find(key) instanceof Number number && number.longValue() >= 0 && number.longValue() <= 0xFFFF) {
            return number.intValue();
        }
        throw wrong(key, "a port from 0 to 65535");
    }

    public Duration seconds(String key) {
        if (find(key) instanceof Number number && number.doubleValue() > 0 && number.doubleValue() <= 1e6) {
            return Duration.ofNanos((long) (number.doubleValue() * 1e9));
        }
        throw wrong(key, "a number of seconds, more than 0");
    }

    /** Where in the tree jobs, code, errors, and groups are. */
    public Prefixes prefixes() {
        return new Prefixes(
                path("codes.prefix"),
                path("modules.prefix"),
                path("errors.prefix"),
                path("runner.prefix"),
                path("runner.state"),
                path("runner.claim"),
                path("runner.presence"),
                path("runner.group"));
    }

    /** The same places as a list, and those that only stored code uses. */
    public List<Path> allPrefixes() {
        return ConfigKey.ALL.stream()
                .filter(key -> key.kind() == ConfigKey.ValueKind.PATH)
                .map(key -> path(key.name()))
                .toList();
    }

    /** The same without what logs in. */
    public Config withoutLogIn() {
        Config config = this;
        for (String key : LOG_IN) {
            config = config.with(Path.of(CONNECT, key), null);
        }
        return config;
    }

    /** The same with another log-in, in place of what was configured. */
    Config withLogIn(Map<String, String> logIn) {
        return logIn.isEmpty() ? this : withoutLogIn().with(Map.of(CONNECT, logIn));
    }

    /** The same with one value of a log-in, in place of those that do not go with it; any other key is just set. */
    public Config overridden(Path key, @Nullable Object value) {
        List<Object> names = key.elements();
        boolean isLogIn = names.size() == 2 && names.getFirst().equals(CONNECT) && LOG_IN.contains(names.getLast());
        if (!isLogIn) {
            return with(key, value);
        }
        Map<String, @Nullable Object> pair = new LinkedHashMap<>();
        if (LOG_IN_PAIR.contains(names.getLast())) {
            LOG_IN_PAIR.forEach(name -> pair.put(name, find(CONNECT + "." + name)));
        }
        return withoutLogIn().with(Map.of(CONNECT, pair)).with(key, value);
    }

    /** What stored code sees as {@code _cfg}: the same, with the prefixes as paths, and without what logs in. */
    public Map<String, @Nullable Object> forCode() {
        Config config = withoutLogIn();
        for (ConfigKey key : ConfigKey.ALL) {
            if (key.kind() == ConfigKey.ValueKind.PATH) {
                config = config.with(Path.parse(key.name()), path(key.name()));
            }
        }
        return new LinkedHashMap<>(config.tree);
    }

    private UsageException wrong(String key, String expected) {
        return new UsageException("configuration " + key + ": " + find(key) + " (expected: " + expected + ")");
    }
}
