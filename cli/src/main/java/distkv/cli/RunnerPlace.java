package distkv.cli;

import distkv.client.ClientOptions;
import distkv.runner.JobLog;
import distkv.runner.RunnerOptions;
import distkv.runner.worker.PythonCommand;
import distkv.schema.BadEntry;
import distkv.schema.job.Kind;
import distkv.schema.job.Limits;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** What a runner in this process runs code with. */
final class RunnerPlace {
    @Option(
            names = {"--python"},
            paramLabel = "FILE",
            description = "The interpreter for Python code, which needs our package. Default: runner.python in the"
                    + " configuration, else our own.")
    private @Nullable Path python;

    @Option(
            names = {"-n", "--nodes"},
            paramLabel = "SIZE",
            description = "How many nodes the group should have. Default: what the group's entry says.")
    private int nodes;

    @Option(
            names = {"--capacity"},
            paramLabel = "NUMBER",
            description = "How much this node can bear, compared with the others. Default: runner.capacity in the"
                    + " configuration, else its number of cores, or of GiB of memory if that is less.")
    private @Nullable Double capacity;

    @Option(
            names = {"--label"},
            paramLabel = "TEXT",
            description =
                    "Something that this node has, for jobs that ask for it by --where. May be given several times."
                            + " Default: runner.labels in the configuration.")
    private Set<String> labels = Set.of();

    @Option(
            names = {"--limit"},
            paramLabel = "NAME=VALUE",
            description = "How much a run may use whose job does not say: memory, cpu, files, processes, time; e.g."
                    + " memory=512M; then each has a process of its own. May be given several times. Default:"
                    + " runner.limits in the configuration.")
    private List<String> limits = List.of();

    @Option(
            names = {"--memory"},
            paramLabel = "SIZE",
            description = "How much memory all runs without limits may use together, e.g. 2G: beyond that the largest"
                    + " of their processes is ended. Takes control groups. Default: runner.memory in the configuration,"
                    + " else what there is.")
    private @Nullable String memory;

    @Option(
            names = {"--worker-user"},
            paramLabel = "USER",
            description = "Whose processes run code, so that it cannot touch the runner, and the kernel holds it to its"
                    + " limits. Takes root. Default: runner.worker_user in the configuration, else who starts this.")
    private @Nullable String workerUser;

    boolean hasSize() {
        return nodes > 0;
    }

    /** A runner's options, as the configuration and these say. */
    RunnerOptions options(Context context, String node, String group, Set<Kind> kinds) {
        Terminal terminal = context.terminal();
        ClientOptions server = Tree.options(context.config());
        Path ours = Files.isExecutable(terminal.python()) ? terminal.python() : Path.of("python3");
        RunnerOptions options = RunnerOptions.of(node, kinds)
                .group(group)
                .nodes(nodes)
                .server(server.host(), server.port())
                .python(PythonCommand.of(python(context, ours))
                        .withWorkerUser(
                                workerUser != null
                                        ? workerUser
                                        : context.config().text("runner.worker_user"))
                        .withMemory(memory(context.config())))
                .prefixes(context.config().entryPrefixes())
                .config(context.config().forCode())
                .log(log(context.verbosity()));
        try {
            Set<String> has =
                    labels.isEmpty() ? new LinkedHashSet<>(context.config().texts("runner.labels")) : labels;
            Double bears = capacity == null ? context.config().positive("runner.capacity") : capacity;
            options = options.labels(has).limits(limits(context.config()));
            return bears == null ? options : options.capacity(bears);
        } catch (IllegalArgumentException e) {
            throw new UsageException("--" + e.getMessage(), e);
        }
    }

    private String python(Context context, Path ours) {
        String configured = context.config().text("runner.python");
        return python != null ? python.toString() : configured != null ? configured : ours.toString();
    }

    private @Nullable Long memory(Config config) {
        try {
            return memory != null
                    ? Limits.memory("--memory", memory)
                    : Limits.memory("configuration runner.memory", config.find("runner.memory"));
        } catch (BadEntry e) {
            throw new UsageException(e.getMessage(), e);
        }
    }

    private Limits limits(Config config) {
        try {
            Map<Object, @Nullable Object> all = new LinkedHashMap<>();
            if (config.find("runner.limits") instanceof Map<?, ?> configured) {
                all.putAll(configured);
            }
            all.putAll(Limits.parse(limits));
            return Limits.read(all);
        } catch (BadEntry e) {
            throw new UsageException(e.getMessage(), e);
        }
    }

    /** What jobs log goes where our own log lines go. */
    private static JobLog log(int verbosity) {
        System.Logger.Level least = verbosity < 0
                ? System.Logger.Level.WARNING
                : verbosity == 0 ? System.Logger.Level.INFO : System.Logger.Level.DEBUG;
        return line -> {
            if (severity(line.level()) >= least.getSeverity()) {
                Logging.write(line.level(), line.name(), line.text());
            }
        };
    }

    private static int severity(String level) {
        return switch (level) {
            case "DEBUG" -> System.Logger.Level.DEBUG.getSeverity();
            case "INFO" -> System.Logger.Level.INFO.getSeverity();
            case "WARNING" -> System.Logger.Level.WARNING.getSeverity();
            default -> System.Logger.Level.ERROR.getSeverity();
        };
    }
}
