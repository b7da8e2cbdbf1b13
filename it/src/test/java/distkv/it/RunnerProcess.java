package distkv.it;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** A {@link RunnerProgram} with its parent of workers and its workers. */
final class RunnerProcess implements AutoCloseable {
    private final Process process;

    private RunnerProcess(Process process) {
        this.process = process;
    }

    /** Starts one; {@link #awaitReady} waits for it. */
    static RunnerProcess start(Path log, int port, String node, Duration ttl) throws IOException {
        return start(log, RunnerProgram.class, Integer.toString(port), node, Long.toString(ttl.toMillis()));
    }

    /** Starts a program with these arguments. */
    static RunnerProcess start(Path log, Class<?> program, String... arguments) throws IOException {
        List<String> command = JavaProgram.command(program.getName(), List.of(arguments));
        return new RunnerProcess(new ProcessBuilder(command)
                .redirectError(ProcessBuilder.Redirect.appendTo(log.toFile()))
                .start());
    }

    void awaitReady() throws IOException {
        assertThat(readLine()).isEqualTo("ready");
    }

    /** What it prints next; {@code null} if it has ended. */
    @Nullable
    String readLine() throws IOException {
        return process.inputReader().readLine();
    }

    /** All its processes, the virtual machine first. */
    List<ProcessHandle> family() {
        return Stream.concat(Stream.of(process.toHandle()), process.descendants())
                .toList();
    }

    /** Stops the virtual machine, as if it hung; the others go on. */
    void pause() throws IOException, InterruptedException {
        signal("STOP", List.of(process.toHandle()));
    }

    void resume() throws IOException, InterruptedException {
        signal("CONT", List.of(process.toHandle()));
    }

    static void signal(String name, List<ProcessHandle> processes) throws IOException, InterruptedException {
        List<String> command = new ArrayList<>(List.of("kill", "-" + name));
        processes.forEach(one -> command.add(Long.toString(one.pid())));
        // One of them may have ended by itself, which kill reports.
        var _ = new ProcessBuilder(command)
                .redirectErrorStream(true)
                .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                .start()
                .waitFor();
    }

    void kill() {
        process.destroyForcibly();
    }

    /** Kills the virtual machine, and waits for its end. */
    void killAndWait() throws InterruptedException {
        process.destroyForcibly().waitFor();
    }

    @Override
    public void close() throws IOException {
        List<ProcessHandle> family = family();
        try {
            signal("CONT", family.reversed());
            process.getOutputStream().close();
            if (process.waitFor(10, TimeUnit.SECONDS)) {
                return;
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        family.forEach(ProcessHandle::destroyForcibly);
    }
}
