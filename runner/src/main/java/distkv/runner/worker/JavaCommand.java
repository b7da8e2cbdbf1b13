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
 * How a Java worker is started: by the parent, which so sees to its end and its deadline as it does for those that it
 * forks.
 *
 * @param command the Java virtual machine, and options for it
 */
public record JavaCommand(List<String> command) {
    private static final String PROGRAM = "distkv.code.worker.Main";
    /** So many bytes the virtual machine itself needs, beside its heap: code, classes, threads. */
    private static final long OWN_MEMORY = 96L << 20;

    private static final long LEAST_HEAP = 16L << 20;
    /**
     * Small when idle. Virtual threads are carried by so many of the system that a job that computes on and on takes its
     * share of the processors, but nobody's thread.
     */
    private static final List<String> OPTIONS = List.of(
            "-XX:+UseSerialGC",
            "-XX:+UseCompactObjectHeaders",
            "-XX:-UsePerfData",
            "-Xmx512m",
            "-Djdk.virtualThreadScheduler.parallelism=64");

    public JavaCommand {
        command = List.copyOf(command);
    }

    /**
     * The Java and the class path of this process.
     *
     * @param config whose {@code runner.java} is a list of more options, for example {@code -Xmx2g}
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

    /** The words that start the worker of this number; of limited memory the heap gets what the machine leaves of it. */
    List<String> words(Path socket, int worker, Limits limits) {
        List<String> words = new ArrayList<>(command);
        if (limits.memory() != null) {
            words.add("-Xmx" + Math.max(LEAST_HEAP, limits.memory() - OWN_MEMORY));
        }
        words.addAll(List.of(PROGRAM, socket.toString(), Integer.toString(worker)));
        return words;
    }
}
