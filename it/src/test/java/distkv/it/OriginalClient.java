package distkv.it;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** A Python client of the original, as it comes from PyPI, in an environment of its own, which is made if it is not there. */
final class OriginalClient {
    private static final Path CLIENTS =
            Path.of("src", "test", "resources", "clients").toAbsolutePath();

    private final String name;
    private final Process environment;

    private OriginalClient(String name, Process environment) {
        this.name = name;
        this.environment = environment;
    }

    /** Begins to see to the environment of that client, {@code NAME-VERSION}. */
    static OriginalClient prepare(String client) throws IOException {
        ProcessBuilder builder = builder(List.of(CLIENTS.resolve("environment").toString(), client))
                .redirectErrorStream(true);
        return new OriginalClient(client.substring(0, client.lastIndexOf('-')), start(builder));
    }

    /**
     * A program of {@code src/test/resources/clients} in that environment; its first argument is the client's name. The
     * test is skipped where there is no Python that the client runs on.
     */
    ProcessBuilder program(String module, String... arguments) throws IOException, InterruptedException {
        String said = output(environment).strip();
        // Its exit 3 says that this machine has no Python which the client runs on.
        assumeTrue(environment.waitFor() != 3, said);
        assertThat(environment.exitValue()).as(said).isZero();
        List<String> command =
                new ArrayList<>(List.of(said.lines().toList().getLast(), "-W", "ignore", "-m", module, name));
        command.addAll(List.of(arguments));
        return builder(command);
    }

    private static ProcessBuilder builder(List<String> command) {
        ProcessBuilder builder = new ProcessBuilder(command).directory(CLIENTS.toFile());
        builder.environment().put("PYTHONDONTWRITEBYTECODE", "1");
        return builder;
    }

    /** Starts a program that reads nothing. */
    static Process start(ProcessBuilder builder) throws IOException {
        Process process = builder.start();
        process.getOutputStream().close();
        return process;
    }

    /** All that it prints until it ends. */
    static String output(Process process) throws IOException {
        return new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    }
}
