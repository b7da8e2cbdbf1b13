package distkv.bench.process;

import java.io.Closeable;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/** A process that the benchmark has started. Its output goes to a file, and it ends with the benchmark. */
public final class ManagedProcess implements Closeable {
    private static final long TIMEOUT_NANOS = 60_000_000_000L;

    private final String name;
    private final Process process;
    private final Path directory;
    private final Path log;
    private final Thread reaper;

    private ManagedProcess(String name, Process process, Path directory, Path log) {
        this.name = name;
        this.process = process;
        this.directory = directory;
        this.log = log;
        this.reaper = new Thread(process::destroyForcibly);
        Runtime.getRuntime().addShutdownHook(reaper);
    }

    public static ManagedProcess start(Path directory, String name, List<String> command) throws IOException {
        Files.createDirectories(directory);
        Path log = directory.resolve(name + ".log");
        ProcessBuilder builder = new ProcessBuilder(command)
                .directory(directory.toFile())
                .redirectErrorStream(true)
                .redirectOutput(log.toFile());
        builder.redirectInput(ProcessBuilder.Redirect.from(Path.of("/dev/null").toFile()));
        return new ManagedProcess(name, builder.start(), directory, log);
    }

    /** Runs a command to its end and returns what it wrote to its standard output. */
    public static String run(Path directory, List<String> command) throws IOException {
        Process process = new ProcessBuilder(command)
                .directory(directory.toFile())
                .redirectError(directory.resolve("errors.log").toFile())
                .start();
        process.getOutputStream().close();
        String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        int status = process.onExit().join().exitValue();
        if (status != 0) {
            throw new IOException(String.join(" ", command) + ": exit " + status + "\n" + output
                    + Files.readString(directory.resolve("errors.log")));
        }
        return output;
    }

    /** A free port of the loopback interface. */
    public static int freePort() throws IOException {
        try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            return socket.getLocalPort();
        }
    }

    public static InetSocketAddress loopback(int port) {
        return new InetSocketAddress(InetAddress.getLoopbackAddress(), port);
    }

    /** Waits until the process listens there. */
    public void awaitPort(InetSocketAddress address) throws IOException, InterruptedException {
        for (long end = System.nanoTime() + TIMEOUT_NANOS; System.nanoTime() < end; TimeUnit.MILLISECONDS.sleep(2)) {
            try (Socket socket = new Socket(address.getAddress(), address.getPort())) {
                if (socket.isConnected()) {
                    return;
                }
            } catch (IOException notYet) {
                if (!process.isAlive()) {
                    throw new IOException(name + " has ended: " + Files.readString(log), notYet);
                }
            }
        }
        throw new IOException(name + " does not listen at " + address + " after 60 s: " + Files.readString(log));
    }

    /** Waits until the process has made this file. */
    void awaitFile(Path file) throws IOException, InterruptedException {
        for (long end = System.nanoTime() + TIMEOUT_NANOS; !Files.exists(file); TimeUnit.MILLISECONDS.sleep(2)) {
            if (!process.isAlive() || System.nanoTime() > end) {
                throw new IOException(name + " has not made " + file + ": " + Files.readString(log));
            }
        }
    }

    public long pid() {
        return process.pid();
    }

    /** Resident memory in bytes, of this process alone. */
    public long resident() throws IOException {
        return field("/proc/" + pid() + "/status", "VmRSS:");
    }

    /** The memory of this process and its descendants in bytes; shared memory is counted once. */
    public long proportional() throws IOException {
        long sum = 0;
        for (ProcessHandle handle : family().toList()) {
            sum += field("/proc/" + handle.pid() + "/smaps_rollup", "Pss:");
        }
        return sum;
    }

    private Stream<ProcessHandle> family() {
        return Stream.concat(Stream.of(process.toHandle()), process.descendants());
    }

    /** Sends a signal to this process and its descendants at the same time. */
    public void signal(String signal) throws IOException {
        List<String> command = new ArrayList<>(List.of("kill", "-" + signal));
        family().forEach(handle -> command.add("" + handle.pid()));
        run(directory, command);
    }

    /** The command lines of this process and its descendants. */
    public List<String> commands() {
        return family().map(handle -> handle.info().commandLine().orElse("?")).toList();
    }

    private static long field(String file, String name) throws IOException {
        for (String line : Files.readAllLines(Path.of(file))) {
            if (line.startsWith(name)) {
                return Long.parseLong(line.replaceAll("\\D", "")) * 1024;
            }
        }
        throw new IOException(file + " has no " + name);
    }

    /** Tells the process to end, and waits until it has. */
    public void stop() throws IOException, InterruptedException {
        process.destroy();
        if (!process.waitFor(20, TimeUnit.SECONDS)) {
            process.destroyForcibly().waitFor();
            throw new IOException(name + " did not stop within 20 s: " + Files.readString(log));
        }
    }

    @Override
    public void close() {
        process.destroy();
        if (!process.onExit()
                .completeOnTimeout(process, 10, TimeUnit.SECONDS)
                .join()
                .isAlive()) {
            Runtime.getRuntime().removeShutdownHook(reaper);
        }
        process.destroyForcibly();
    }
}
