package distkv.it;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.BufferedReader;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * A network namespace with a home directory, as a machine of its own: commands run there as somebody would type them. Two
 * of them are connected by a cable.
 */
final class Machine implements AutoCloseable {
    private static final int PATIENCE_SECONDS = 60;

    private final String namespace;
    private final Path home;
    private final List<Process> started = new ArrayList<>();

    private Machine(String namespace, Path home) {
        this.namespace = namespace;
        this.home = home;
    }

    /** Why there can be no machines here; empty if there can. */
    static String unavailable() throws IOException, InterruptedException {
        String name = "dkv-probe-" + ProcessHandle.current().pid();
        String fault = outcome("ip", "netns", "add", name);
        if (fault.isEmpty()) {
            fault = outcome("ip", "netns", "exec", name, "true");
            ip("netns", "del", name);
        }
        return fault;
    }

    /** Makes two machines with a cable between them; the first has the address {@code 10.213.0.1}. */
    static List<Machine> pair(Path directory) throws IOException, InterruptedException {
        String unique = Long.toString(ProcessHandle.current().pid(), Character.MAX_RADIX);
        List<Machine> pair = new ArrayList<>();
        for (String end : List.of("a", "b")) {
            Path home = Files.createDirectories(directory.resolve(end));
            Files.createDirectories(home.resolve(".config"));
            pair.add(new Machine("dkv-" + unique + end, home));
            ip("netns", "add", "dkv-" + unique + end);
        }
        String cable = "dkv" + unique;
        ip("link", "add", cable + "a", "type", "veth", "peer", "name", cable + "b");
        for (int i = 0; i < pair.size(); i++) {
            String namespace = pair.get(i).namespace;
            String end = cable + (i == 0 ? "a" : "b");
            ip("link", "set", end, "netns", namespace);
            ip("-n", namespace, "addr", "add", "10.213.0." + (i + 1) + "/24", "dev", end);
            ip("-n", namespace, "link", "set", end, "up");
            ip("-n", namespace, "link", "set", "lo", "up");
        }
        return pair;
    }

    private static void ip(String... words) throws IOException, InterruptedException {
        List<String> command = new ArrayList<>(List.of("ip"));
        command.addAll(List.of(words));
        assertThat(outcome(command.toArray(String[]::new)))
                .as(String.join(" ", command))
                .isEmpty();
    }

    /** Why a command has failed; empty if it has not. */
    private static String outcome(String... command) throws IOException, InterruptedException {
        try {
            Process process =
                    new ProcessBuilder(command).redirectErrorStream(true).start();
            String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
            return process.waitFor() == 0 ? "" : String.join(" ", command) + ": " + output.strip();
        } catch (IOException e) {
            return String.valueOf(e.getMessage());
        }
    }

    Path home() {
        return home;
    }

    /** What this machine's user has configured. */
    void configure(String yaml) throws IOException {
        Files.writeString(home.resolve(".config/distkv.yaml"), yaml);
    }

    /** Starts {@code distkv WORDS…}, which runs until the machine is closed. */
    BufferedReader start(String line) throws IOException {
        Process process = process(line);
        started.add(process);
        return process.inputReader();
    }

    /** Runs {@code distkv WORDS…}, and returns what it printed. */
    String run(String line) throws IOException, InterruptedException {
        Process process = process(line);
        String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertThat(process.waitFor(PATIENCE_SECONDS, TimeUnit.SECONDS)).isTrue();
        assertThat(process.exitValue()).as(line + "\n" + log()).isZero();
        return output;
    }

    /** Runs {@code distkv WORDS…}, which fails, and returns what it said. */
    String fail(String line) throws IOException, InterruptedException {
        Files.deleteIfExists(home.resolve("log"));
        Process process = process(line);
        process.getInputStream().readAllBytes();
        assertThat(process.waitFor()).isNotZero();
        return log();
    }

    String log() throws IOException {
        return Files.readString(home.resolve("log"));
    }

    private Process process(String line) throws IOException {
        List<String> command = new ArrayList<>(List.of("ip", "netns", "exec", namespace));
        command.addAll(JavaProgram.command("distkv.cli.Main", List.of(line.split(" ", -1))));
        ProcessBuilder builder = new ProcessBuilder(command)
                .redirectError(
                        ProcessBuilder.Redirect.appendTo(home.resolve("log").toFile()));
        builder.environment().put("HOME", home.toString());
        builder.environment()
                .put(
                        "PYTHONPATH",
                        Path.of("../python").toAbsolutePath().normalize().toString());
        builder.environment().remove("DISTKV_CFG");
        return builder.start();
    }

    /** Reads lines until one has these words; {@code null} if there is none. */
    static @Nullable String line(BufferedReader lines, String words) throws IOException {
        String line = lines.readLine();
        while (line != null && !line.contains(words)) {
            line = lines.readLine();
        }
        return line;
    }

    @Override
    public void close() throws IOException {
        started.forEach(Process::destroy);
        try {
            for (Process process : started) {
                if (!process.waitFor(PATIENCE_SECONDS, TimeUnit.SECONDS)) {
                    process.destroyForcibly();
                }
            }
            // The cable goes with its ends.
            ip("netns", "del", namespace);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
