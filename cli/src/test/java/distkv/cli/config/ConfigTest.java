package distkv.cli.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import distkv.cli.input.FailedException;
import distkv.cli.input.UsageException;
import distkv.model.Path;
import java.io.IOException;
import java.nio.file.Files;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ConfigTest {
    @TempDir
    private java.nio.file.Path directory;

    @Test
    void withoutAFileTheDefaultsHold() {
        Config config = files(Map.of()).load(null, List.of());
        assertThat(config.port("connect.port")).isEqualTo(27586);
        assertThat(config.path("codes.prefix")).isEqualTo(Path.parse(":.distkv.code.proc"));
        assertThat(config.seconds("connect.init_timeout")).isEqualTo(Duration.ofSeconds(5));
    }

    @Test
    void theNamedFileWinsOverTheVariableAndTheVariableOverTheHomeDirectory() throws IOException {
        Files.createDirectories(directory.resolve(".config"));
        Files.writeString(directory.resolve(".config/distkv.yaml"), "connect: {port: 1}");
        java.nio.file.Path second = Files.writeString(directory.resolve("second.yaml"), "connect: {port: 2}");
        java.nio.file.Path third = Files.writeString(directory.resolve("third.yaml"), "connect: {port: 3}");
        assertThat(files(Map.of()).load(null, List.of()).port("connect.port")).isEqualTo(1);
        ConfigFiles withVariable = files(Map.of("DISTKV_CFG", second.toString()));
        assertThat(withVariable.load(null, List.of()).port("connect.port")).isEqualTo(2);
        assertThat(withVariable.load(third, List.of()).port("connect.port")).isEqualTo(3);
        assertThat(withVariable.load(third, List.of("connect.port=4")).port("connect.port"))
                .isEqualTo(4);
    }

    @Test
    void filesAreMergedIntoTheDefaults() throws IOException {
        java.nio.file.Path file = Files.writeString(
                directory.resolve("c.yaml"),
                "codes: {prefix: !P ':.my.code'}\nmodules: {prefix: [\".my\", module]}\nconnect: {host: far}\n");
        Config config = files(Map.of()).load(file, List.of());
        assertThat(config.path("codes.prefix")).isEqualTo(Path.parse(":.my.code"));
        assertThat(config.path("modules.prefix")).isEqualTo(Path.of(".my", "module"));
        assertThat(config.path("errors.prefix")).isEqualTo(Path.parse(":.distkv.error"));
        assertThat(config.text("connect.host")).isEqualTo("far");
        assertThat(config.port("connect.port")).isEqualTo(27586);
    }

    @Test
    void aWrongValueIsNamedWithItsKey() {
        Config config = files(Map.of()).load(null, List.of("connect.port=far", "codes.prefix=a..b"));
        assertThatThrownBy(() -> config.port("connect.port"))
                .hasMessage("configuration connect.port: far (expected: a port from 0 to 65535)");
        assertThatThrownBy(() -> config.path("codes.prefix")).hasMessageContaining("configuration codes.prefix: ");
        assertThatThrownBy(() -> files(Map.of()).load(null, List.of("port"))).hasMessageContaining("-C port");
    }

    @Test
    void anUnknownKeyIsRefusedWithTheOneThatWasMeant() throws IOException {
        assertThat(refusal("conect: {host: a}"))
                .contains("c.yaml: conect: there is no such key\ndid you mean 'connect'?");
        assertThat(refusal("connect: {prot: 1}"))
                .contains("connect.prot: there is no such key\ndid you mean 'connect.port'?");
        assertThat(refusal("labels: [gpio]")).contains("labels: there is no such key\ndid you mean 'runner.labels'?");
        assertThat(refusal("hass: {x: 1}"))
                .contains("hass: there is no such key")
                .contains("belong below 'user'");
        assertThat(refusal("connect: far")).contains("connect: far (expected: a map with host, port");
        assertThatThrownBy(() -> files(Map.of()).load(null, List.of("conect.port=1")))
                .isInstanceOf(UsageException.class)
                .hasMessage("-C conect: there is no such key")
                .hasFieldOrPropertyWithValue("hint", "did you mean 'connect'?");
    }

    @Test
    void theOriginalsKeysAndThoseOfTheUserAreTaken() throws IOException {
        java.nio.file.Path file = Files.writeString(directory.resolve("c.yaml"), """
                connect: {ssl: false, auth: null}
                server: {mqtt: {uri: x}}
                logging: {root: {level: DEBUG}}
                hostmap: {a: [b, 1]}
                user: {anything: {goes: 1}}
                """);
        Config config = files(Map.of()).load(file, List.of("user.more=2"));
        assertThat(config.find("user.anything.goes")).isEqualTo(1);
        assertThat(config.forCode()).containsKeys("user", "logging");
    }

    @Test
    void theLogInOfTheEnvironmentComesBeforeTheFilesAndAfterTheOptions() throws IOException {
        java.nio.file.Path file =
                Files.writeString(directory.resolve("c.yaml"), "connect: {auth: password name=a password=b}");
        Map<String, String> token = Map.of("DISTKV_TOKEN", "t");
        Map<String, String> user = Map.of("DISTKV_USER", "u", "DISTKV_PASSWORD", "p");
        assertThat(logIn(files(Map.of()).load(file, List.of()))).isEqualTo("password name=a password=b null null null");
        assertThat(logIn(files(token).load(file, List.of()))).isEqualTo("null t null null");
        assertThat(logIn(files(user).load(file, List.of()))).isEqualTo("null null u p");
        assertThat(logIn(files(user).load(file, List.of("connect.token=x")))).isEqualTo("null x null null");
        assertThat(logIn(files(user).load(file, List.of("connect.password=x")))).isEqualTo("null null u x");
        assertThat(logIn(files(token).load(file, List.of("connect.user=v", "connect.password=x"))))
                .isEqualTo("null null v x");
    }

    private static String logIn(Config config) {
        return config.find("connect.auth") + " " + config.find("connect.token") + " " + config.find("connect.user")
                + " " + config.find("connect.password");
    }

    @Test
    void storedCodeDoesNotSeeTheLogIn() {
        Config config = files(Map.of("DISTKV_TOKEN", "hidden")).load(null, List.of());
        assertThat(config.text("connect.token")).isEqualTo("hidden");
        assertThat(config.forCode().toString()).doesNotContain("hidden");
    }

    private String refusal(String text) throws IOException {
        java.nio.file.Path file = Files.writeString(directory.resolve("c.yaml"), text);
        try {
            files(Map.of()).load(file, List.of());
        } catch (FailedException e) {
            return e.getMessage() + "\n" + e.hint();
        }
        return "";
    }

    @Test
    void aFileThatIsNoYamlIsNamedWithTheLine() throws IOException {
        java.nio.file.Path file = Files.writeString(directory.resolve("c.yaml"), "a: 1\nb: [1\nc: 2\n");
        assertThatThrownBy(() -> files(Map.of()).load(file, List.of()))
                .isInstanceOf(FailedException.class)
                .hasMessageContaining("c.yaml line ")
                .hasMessageContaining("expected: YAML");
        assertThatThrownBy(() -> files(Map.of()).load(directory.resolve("none.yaml"), List.of()))
                .hasMessageContaining("none.yaml cannot be read: there is no such file");
    }

    private ConfigFiles files(Map<String, String> environment) {
        Map<String, String> all = new java.util.HashMap<>(environment);
        all.put("HOME", directory.toString());
        return new ConfigFiles(all);
    }
}
