package distkv.store.sqlite;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStreamWriter;
import java.io.Writer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.sqlite.util.LibraryLoaderUtil;

/** A running {@link StoreChild}, seen from the test. */
final class Child implements AutoCloseable {
    private final Process process;
    private final Writer input;
    private final BufferedReader output;

    private Child(Process process) {
        this.process = process;
        this.input = new OutputStreamWriter(process.getOutputStream(), StandardCharsets.UTF_8);
        this.output = process.inputReader(StandardCharsets.UTF_8);
    }

    /** Starts one; {@code temporary} gets what it needs on disk. */
    static Child start(Path temporary, Map<String, String> environment) throws IOException {
        List<String> command = new ArrayList<>(List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-XX:+UseSerialGC",
                "-XX:TieredStopAtLevel=1",
                "-Xshare:auto",
                "-Xmx256m",
                "--enable-native-access=ALL-UNNAMED",
                "-Dorg.sqlite.lib.path=" + library(temporary)));
        command.addAll(List.of("-cp", System.getProperty("java.class.path"), StoreChild.class.getName()));
        ProcessBuilder builder = new ProcessBuilder(command).redirectError(ProcessBuilder.Redirect.INHERIT);
        builder.environment().putAll(environment);
        return new Child(builder.start());
    }

    /** The driver's library, unpacked once: a killed process would leave its own copy behind. */
    private static synchronized Path library(Path temporary) throws IOException {
        String name = LibraryLoaderUtil.getNativeLibName();
        Path file = temporary.resolve(name);
        if (!Files.exists(file)) {
            String resource = LibraryLoaderUtil.getNativeLibResourcePath() + "/" + name;
            try (InputStream in = Objects.requireNonNull(LibraryLoaderUtil.class.getResourceAsStream(resource))) {
                Files.copy(in, file);
            }
        }
        return temporary;
    }

    /** Waits until it is up. */
    Child awaitReady() throws IOException {
        String line = output.readLine();
        if (!"ready".equals(line)) {
            throw new IOException("the child said: " + line);
        }
        return this;
    }

    String ask(String line) throws IOException {
        input.write(line + "\n");
        input.flush();
        return Objects.requireNonNull(output.readLine(), "the child has ended");
    }

    long pid() {
        return process.pid();
    }

    /** Kills it as {@code kill -9} does, and waits until it is gone. */
    void kill() {
        process.destroyForcibly().onExit().join();
    }

    @Override
    public void close() {
        kill();
    }
}
