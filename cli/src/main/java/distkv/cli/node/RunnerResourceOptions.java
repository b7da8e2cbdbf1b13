package distkv.cli.node;

import distkv.cli.config.Config;
import distkv.cli.input.UsageException;
import distkv.runner.sandbox.SandboxMode;
import distkv.runner.sandbox.SandboxPolicy;
import distkv.schema.BadEntry;
import distkv.schema.job.Limits;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** A runner's resources: options of the commands that start a runner, and of the one that installs it. */
final class RunnerResourceOptions {
    @Option(
            names = {"--label"},
            paramLabel = "TEXT",
            description =
                    "Something that this node has, for jobs that ask for it with --where. May be given several times."
                            + " Default: runner.labels in the configuration.")
    private Set<String> labels = new LinkedHashSet<>();

    @Option(
            names = {"--capacity"},
            paramLabel = "NUMBER",
            description = "How much this node can run, compared with the others. Default: runner.capacity in the"
                    + " configuration, else its number of cores, or of GiB of memory if that is less.")
    private @Nullable Double capacity;

    @Option(
            names = {"--python"},
            paramLabel = "FILE",
            description = "The interpreter for Python code; it needs the package distkv. Default: runner.python in the"
                    + " configuration, else the one that is built in.")
    private @Nullable Path python;

    @Option(
            names = {"--memory"},
            paramLabel = "SIZE",
            description = "How much memory all runs without limits may use together, e.g. 2G: beyond that the largest"
                    + " of their processes is killed. Requires control groups. Default: runner.memory in the configuration,"
                    + " else what there is.")
    private @Nullable String memory;

    @Option(
            names = {"--worker-user"},
            paramLabel = "USER",
            description =
                    "The user that runs code, so that code cannot touch the runner and the kernel enforces its"
                            + " limits. Requires root. Default: runner.worker_user in the configuration, else the runner's own.")
    private @Nullable String workerUser;

    @Option(
            names = {"--sandbox"},
            paramLabel = "MODE",
            description = "What keeps code from this machine: auto (the strongest sandbox that works here), required"
                    + " (no runner without one), or off. Default: sandbox.mode in the configuration, else auto.")
    private @Nullable String sandbox;

    /** Refuses values that a runner would refuse. */
    void check() {
        if (capacity != null && !(capacity > 0 && Double.isFinite(capacity))) {
            throw new UsageException("--capacity " + capacity + " (expected: a number, more than 0)");
        } else if (labels.contains("")) {
            throw new UsageException("--label: an empty text (expected: a text)");
        } else if (memory != null) {
            memory("--memory", memory);
        }
        if (sandbox != null) {
            mode("--sandbox", sandbox);
        }
    }

    Set<String> labels(Config config) {
        return labels.isEmpty() ? new LinkedHashSet<>(config.texts("runner.labels")) : labels;
    }

    /** {@code null}: computed from the machine. */
    @Nullable
    Double capacity(Config config) {
        return capacity == null ? config.positive("runner.capacity") : capacity;
    }

    /** {@code null}: the one that is built in. */
    @Nullable
    String python(Config config) {
        return python == null ? config.text("runner.python") : python.toString();
    }

    /** In bytes; {@code null}: no limit. */
    @Nullable
    Long memory(Config config) {
        return memory == null
                ? memory("configuration runner.memory", config.find("runner.memory"))
                : memory("--memory", memory);
    }

    private static @Nullable Long memory(String key, @Nullable Object size) {
        try {
            return Limits.memory(key, size);
        } catch (BadEntry e) {
            throw new UsageException(e.getMessage(), e);
        }
    }

    /** {@code null}: the runner's own user. */
    @Nullable
    String workerUser(Config config) {
        return workerUser == null ? config.text("runner.worker_user") : workerUser;
    }

    /** What code may reach here. Data, configuration and keys are hidden even where a granted path contains them. */
    SandboxPolicy sandbox(Config config, List<Path> hidden) {
        SandboxMode mode = sandbox == null
                ? mode("configuration sandbox.mode", String.valueOf(config.text("sandbox.mode")))
                : mode("--sandbox", sandbox);
        return new SandboxPolicy(
                mode, paths(config, "sandbox.paths.read"), paths(config, "sandbox.paths.write"), hidden);
    }

    private static SandboxMode mode(String key, String word) {
        try {
            return SandboxMode.named(key, word);
        } catch (IllegalArgumentException e) {
            throw new UsageException(String.valueOf(e.getMessage()), e);
        }
    }

    private static List<Path> paths(Config config, String key) {
        List<Path> paths = config.texts(key).stream().map(Path::of).toList();
        for (Path path : paths) {
            if (!path.isAbsolute()) {
                throw new UsageException("configuration " + key + ": " + path + " (expected: absolute paths)");
            }
        }
        return paths;
    }

    /** The user that the option names; {@code null} if it was not given. */
    @Nullable
    WorkerUser givenWorkerUser() {
        return workerUser == null ? null : new WorkerUser(workerUser);
    }

    /** These options as arguments, with absolute paths. */
    List<String> words() {
        List<String> words = new ArrayList<>();
        for (String label : labels) {
            words.addAll(List.of("--label", label));
        }
        if (capacity != null) {
            boolean whole = capacity == Math.rint(capacity) && capacity < Long.MAX_VALUE;
            words.addAll(List.of("--capacity", whole ? Long.toString(capacity.longValue()) : capacity.toString()));
        }
        if (python != null) {
            words.addAll(List.of("--python", python.toAbsolutePath().toString()));
        }
        if (memory != null) {
            words.addAll(List.of("--memory", memory));
        }
        if (workerUser != null) {
            words.addAll(List.of("--worker-user", workerUser));
        }
        if (sandbox != null) {
            words.addAll(List.of("--sandbox", sandbox));
        }
        return words;
    }
}
