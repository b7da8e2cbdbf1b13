package distkv.cli.config;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.TreeSet;
import java.util.function.Predicate;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/**
 * {@code docs/configuration.md} is made from {@link ConfigKey}. After a change, this test writes it with
 * {@code -Ddocs.write}.
 */
class ConfigurationPageTest {
    private static final Path PAGE = Path.of("..", "docs", "configuration.md");
    private static final Pattern READ =
            Pattern.compile("(?:find|text|texts|port|path|seconds|positive)\\(\\s*\"([a-z_]+(?:\\.[a-z_]+)+)\"");

    @Test
    void thePageHasEveryKey() throws IOException {
        if (System.getProperty("docs.write") != null) {
            Files.writeString(PAGE, page());
        }
        assertThat(Files.readString(PAGE)).isEqualTo(page());
    }

    @Test
    void everyKeyThatTheCommandsReadIsKnown() throws IOException {
        TreeSet<String> read = new TreeSet<>();
        try (Stream<Path> files = Files.walk(Path.of("src", "main", "java"))) {
            for (Path file : files.filter(Files::isRegularFile).toList()) {
                for (Matcher matcher = READ.matcher(Files.readString(file)); matcher.find(); ) {
                    read.add(matcher.group(1));
                }
            }
        }
        assertThat(read).contains("connect.host", "runner.limits", "server.data", "codes.prefix");
        assertThat(ConfigKey.ALL.stream().map(ConfigKey::name)).containsAll(read);
    }

    private static String page() {
        return """
                # Configuration

                A YAML file, and nothing has to be in it: every key has a default. The first of these that is there counts:

                - what `-c FILE` names
                - `$DISTKV_CFG`
                - `~/.config/distkv.yaml`
                - `/etc/distkv.yaml`

                `-C KEY=VALUE` overrides a key for one command, and so do the options in the last column. Of the environment,
                `DISTKV_TOKEN`, or `DISTKV_USER` with `DISTKV_PASSWORD`, comes before the file's log-in.

                ```yaml
                connect:
                  name: attic
                runner:
                  labels: [gpio, zigbee]
                  limits: {memory: 64M}
                ```

                A key that is not listed here is refused, with a hint which key may have been meant. Settings that only stored
                code reads belong below `user`. Stored code sees the configuration as `_cfg`, with the prefixes as paths and
                without the log-in.

                | key | value | default | meaning | option |
                |---|---|---|---|---|
                """
                + rows(key -> key.kind() != ConfigKey.ValueKind.WITHOUT_EFFECT)
                + """

                ## From the original's files

                A file of the original can be used as it is. These keys are accepted, and have no effect:

                """
                + ConfigKey.ALL.stream()
                        .filter(key -> key.kind() == ConfigKey.ValueKind.WITHOUT_EFFECT)
                        .map(key -> "- `" + key.name() + "`\n")
                        .collect(Collectors.joining());
    }

    private static String rows(Predicate<ConfigKey> wanted) {
        return ConfigKey.ALL.stream()
                .filter(wanted)
                .map(key -> "| `" + key.name() + "` | " + key.kind().expected + " | " + otherwise(key) + " | "
                        + key.meaning() + " | " + key.option().replace("|", "\\|") + " |\n")
                .collect(Collectors.joining());
    }

    private static String otherwise(ConfigKey key) {
        return key.otherwise() == null || key.otherwise() instanceof List<?> || key.otherwise() instanceof java.util.Map
                ? ""
                : "`" + key.otherwise() + "`";
    }
}
