package distkv.runner.worker;

import distkv.schema.job.Limits;
import java.io.File;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * The command that starts a Java worker. The parent process starts it, and so ends it and enforces its deadline as it
 * does for forked workers.
 *
 * @param command the Java virtual machine and its options
 */
public record JavaCommand(List<String> command) {
    private static final String PROGRAM = "distkv.worker.JavaWorkerMain";
    /** The bytes that the virtual machine itself needs besides its heap: code, classes, threads. */
    private static final long OWN_MEMORY = 96L << 20;

    private static final long LEAST_HEAP = 16L << 20;
    /**
     * Options that keep an idle worker small. The 64 carrier threads let a job that never yields take its share of the
     * processors without blocking the virtual threads of others.
     */
    private static final List<String> OPTIONS = List.of(
            "-XX:+UseSerialGC",
            "-XX:+UseCompactObjectHeaders",
            "-XX:-UsePerfData",
            "-Djava.io.tmpdir={tmp}",
            "-Xmx512m",
            "-Djdk.virtualThreadScheduler.parallelism=64");

    public JavaCommand {
        command = List.copyOf(command);
    }

    /**
     * The command of this process's own Java with its class path.
     *
     * @param config its {@code runner.java} lists more options, for example {@code -Xmx2g}
     */
    public static JavaCommand ofThisProcess(Map<String, @Nullable Object> config) {
        List<String> words = new ArrayList<>();
        words.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        words.addAll(OPTIONS);
        if (config.get("runner") instanceof Map<?, ?> runner && runner.get("java") instanceof List<?> options) {
            options.forEach(option -> words.add(String.valueOf(option)));
        }
        words.add("-cp");
        words.add(Stream.of(System.getProperty("java.class.path").split(File.pathSeparator, -1))
                .map(entry -> Path.of(entry).toAbsolutePath().toString())
                .collect(Collectors.joining(File.pathSeparator)));
        return new JavaCommand(words);
    }

    /**
     * The arguments that start the worker of this number, in which {@code {tmp}} stands for its own directory. If its
     * memory is limited, the heap gets what the virtual machine itself does not need.
     */
    List<String> words(int worker, Limits limits) {
        List<String> words = new ArrayList<>(command);
        if (limits.memory() != null) {
            words.add("-Xmx" + Math.max(LEAST_HEAP, limits.memory() - OWN_MEMORY));
        }
        words.addAll(List.of(PROGRAM, Integer.toString(worker)));
        return words;
    }
}
