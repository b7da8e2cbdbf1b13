package distkv.cli.config;

import distkv.cli.input.FailedException;
import distkv.cli.input.PythonLiteral;
import distkv.cli.input.UsageException;
import distkv.cli.input.YamlFile;
import distkv.model.Path;
import java.nio.file.Files;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** Loads the configuration: the first file that exists, the log-in of the environment, then the {@code -C} options. */
public record ConfigFiles(Map<String, String> environment) {
    /** The variable that names a configuration file. */
    static final String VARIABLE = "DISTKV_CFG";

    /**
     * Loads the configuration.
     *
     * @param named the file that {@code --cfg} names, or {@code null}
     * @param overrides {@code key=value} each; the value is a literal, or else a text
     */
    public Config load(java.nio.file.@Nullable Path named, List<String> overrides) {
        java.nio.file.Path file = named != null ? named : search();
        Map<?, ?> content = file == null ? Map.of() : checked(file, content(file));
        Config config = load(Config.DEFAULTS, content, overrides);
        return switch (config.text("prefixes")) {
            case "distkv" -> config;
            case "moat" -> load(Config.DEFAULTS.with(ConfigKey.moatDefaults()), content, overrides);
            case null, default ->
                throw new UsageException(
                        "configuration prefixes: " + config.text("prefixes") + " (expected: distkv or moat)");
        };
    }

    private Config load(Config defaults, Map<?, ?> content, List<String> overrides) {
        Config config = defaults.with(content).withLogIn(logIn());
        for (String override : overrides) {
            config = overridden(config, override);
        }
        return config;
    }

    private java.nio.file.@Nullable Path search() {
        String variable = environment.get(VARIABLE);
        if (variable != null && !variable.isEmpty()) {
            return java.nio.file.Path.of(variable);
        }
        String home = environment.getOrDefault("HOME", "/");
        return Stream.of(
                        java.nio.file.Path.of(home, ".config", "distkv.yaml"),
                        java.nio.file.Path.of("/etc/distkv.yaml"))
                .filter(Files::isRegularFile)
                .findFirst()
                .orElse(null);
    }

    private static Map<?, ?> content(java.nio.file.Path file) {
        return switch (YamlFile.read(file)) {
            case Map<?, ?> map -> map;
            case null -> Map.of();
            case Object other ->
                throw new FailedException(file + ": " + other + " (expected: a map like 'connect: {port: 27586}')");
        };
    }

    private static Map<?, ?> checked(java.nio.file.Path file, Map<?, ?> content) {
        ConfigCheck.find(content).ifPresent(problem -> {
            throw new FailedException("configuration " + file + ": " + problem.text()).withHint(problem.hint());
        });
        return content;
    }

    private static Config overridden(Config config, String override) {
        int sign = override.indexOf('=');
        if (sign <= 0) {
            throw new UsageException("-C " + override + " (expected: key=value, for example connect.port=27587)");
        }
        Path key;
        try {
            key = Path.parse(override.substring(0, sign));
        } catch (IllegalArgumentException e) {
            throw new UsageException("-C " + override + ": " + e.getMessage(), e);
        }
        Object value = value(override.substring(sign + 1));
        ConfigCheck.find(Config.tree(key, value)).ifPresent(problem -> {
            throw new UsageException("-C " + problem.text()).withHint(problem.hint());
        });
        return config.overridden(key, value);
    }

    /** What the environment logs in with. */
    private Map<String, String> logIn() {
        String token = environment.getOrDefault("DISTKV_TOKEN", "");
        String user = environment.getOrDefault("DISTKV_USER", "");
        if (!token.isEmpty()) {
            return Map.of("token", token);
        }
        return user.isEmpty()
                ? Map.of()
                : Map.of("user", user, "password", environment.getOrDefault("DISTKV_PASSWORD", ""));
    }

    private static @Nullable Object value(String text) {
        try {
            return PythonLiteral.parse(text);
        } catch (IllegalArgumentException e) {
            return text;
        }
    }
}
