package distkv.it;

import static org.assertj.core.api.Assertions.assertThat;

import distkv.client.Client;
import distkv.client.ClientOptions;
import distkv.client.ServerConnectionException;
import distkv.client.transport.Address;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** A machine with a home and a data directory of its own, on which {@code distkv} runs, as a process. */
final class CopyProgram {
    private static final Duration TIMEOUT = Duration.ofMinutes(1);

    /** What a command has printed, and its exit code. */
    record Output(int code, String text) {}

    private final Path directory;
    private final String name;
    private final int port;
    private @Nullable Process server;

    /** @param port where its server listens */
    CopyProgram(Path directory, String name, int port) throws IOException {
        this.directory = directory.resolve(name);
        this.name = name;
        this.port = port;
        Files.createDirectories(this.directory);
    }

    Path data() {
        return directory.resolve("data");
    }

    private Path log() {
        return directory.resolve("log");
    }

    String log(int from) throws IOException {
        return Files.exists(log()) ? Files.readString(log()).substring(from) : "";
    }

    String address() {
        return "127.0.0.1:" + port;
    }

    private Process run(String... arguments) throws IOException {
        ProcessBuilder builder = new ProcessBuilder(JavaProgram.command("distkv.cli.Main", List.of(arguments)))
                .redirectErrorStream(true)
                .redirectOutput(ProcessBuilder.Redirect.appendTo(log().toFile()));
        builder.environment().put("HOME", directory.toString());
        return builder.start();
    }

    /** Runs a command to its end. */
    Output command(String... arguments) throws Exception {
        int from = log(0).length();
        Process process = run(arguments);
        assertThat(process.waitFor(TIMEOUT.toSeconds(), TimeUnit.SECONDS)).isTrue();
        return new Output(process.exitValue(), log(from));
    }

    /** Starts the server and waits until it listens. */
    void start(String... options) throws Exception {
        int from = log(0).length();
        begin(options);
        await("listening on", from);
    }

    private void begin(String... options) throws IOException {
        List<String> arguments =
                new ArrayList<>(List.of("server", name, "--data", data().toString(), "--bind", address(), "--open"));
        arguments.addAll(List.of(options));
        server = run(arguments.toArray(String[]::new));
    }

    /** Starts the server, which ends by itself, perhaps before anybody has reached it. */
    Output startAndAwaitEnd(String... options) throws Exception {
        int from = log(0).length();
        begin(options);
        Process started = server;
        assertThat(started != null && started.waitFor(TIMEOUT.toSeconds(), TimeUnit.SECONDS))
                .isTrue();
        return new Output(started == null ? 0 : started.exitValue(), log(from));
    }

    /** Waits for a text that the server prints. */
    void await(String text, int from) {
        Retry.until(name + " prints '" + text + "'", () -> {
            Process running = server;
            assertThat(running != null && running.isAlive()).as(log(from)).isTrue();
            return log(from).contains(text);
        });
    }

    /** A client of the server, at its Unix socket. */
    Client connect() throws InterruptedException {
        return Client.connect(ClientOptions.of(new Address.Unix(data().resolve("distkv.sock")))
                .withCallTimeout(TIMEOUT));
    }

    /** A client at the port; fails if the server is not there, or is not to be used. */
    Client connectToPort() throws InterruptedException, ServerConnectionException {
        return Client.connect(ClientOptions.of("127.0.0.1", port));
    }

    void kill() throws InterruptedException {
        Process running = server;
        if (running != null) {
            running.destroyForcibly().waitFor();
        }
    }
}
