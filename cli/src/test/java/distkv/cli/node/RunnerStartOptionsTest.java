package distkv.cli.node;

import static org.assertj.core.api.Assertions.assertThat;

import distkv.cli.config.Config;
import distkv.cli.config.ConfigFiles;
import distkv.cli.context.CommandContext;
import distkv.cli.context.Keyboard;
import distkv.cli.context.Printer;
import distkv.cli.context.Terminal;
import distkv.cli.format.OutputFormat;
import distkv.runner.RunnerOptions;
import distkv.runner.worker.PythonCommand;
import distkv.schema.job.Kind;
import distkv.schema.job.Limits;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine;

/** What a runner takes from the configuration, unless an option says otherwise. */
class RunnerStartOptionsTest {
    private static final long MIB = 1 << 20;

    @TempDir
    private Path directory;

    private RunnerOptions options(String... words) throws IOException {
        Path file = Files.writeString(directory.resolve("c.yaml"), """
                runner:
                  labels: [gpio, zigbee]
                  capacity: 2.5
                  python: /opt/py/bin/python
                  memory: 2G
                  worker_user: jobs
                  limits: {memory: 64M, files: 100}
                """);
        Config config = new ConfigFiles(Map.of()).load(file, List.of());
        Terminal terminal = new Terminal(
                System.out,
                System.err,
                Map.of(),
                Clock.systemUTC(),
                false,
                directory,
                Path.of("python3"),
                Keyboard.system());
        CommandContext context = new CommandContext(
                terminal, config, new Printer(terminal, OutputFormat.yaml, false, false, false), 0, (at, line) -> 0);
        return CommandLine.populateCommand(new RunnerStartOptions(), words)
                .options(context, "attic", "house", Set.of(Kind.ANY));
    }

    @Test
    void theConfigurationSaysWhatARunnerIsToHave() throws IOException {
        RunnerOptions options = options();
        assertThat(options.labels()).containsExactlyInAnyOrder("gpio", "zigbee");
        assertThat(options.capacity()).isEqualTo(2.5);
        assertPython(options.python(), "/opt/py/bin/python", "jobs", 2048 * MIB);
        assertThat(options.limits()).isEqualTo(new Limits(64 * MIB, null, 100L, null, null, null));
    }

    @Test
    void optionsSayItForOneRunner() throws IOException {
        RunnerOptions options = options(
                "--label=cellar",
                "--capacity=3",
                "--python=/usr/bin/python3",
                "--memory=16M",
                "--worker-user=others",
                "--limit=memory=32M");
        assertThat(options.labels()).containsExactly("cellar");
        assertThat(options.capacity()).isEqualTo(3);
        assertPython(options.python(), "/usr/bin/python3", "others", 16 * MIB);
        assertThat(options.limits()).isEqualTo(new Limits(32 * MIB, null, 100L, null, null, null));
    }

    private static void assertPython(PythonCommand python, String interpreter, String user, long memory) {
        assertThat(python.command()).containsExactly(interpreter);
        assertThat(python.workerUser()).isEqualTo(user);
        assertThat(python.memory()).isEqualTo(memory);
    }
}
