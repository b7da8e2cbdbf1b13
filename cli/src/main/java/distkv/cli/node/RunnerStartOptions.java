package distkv.cli.node;

import distkv.cli.config.Config;
import distkv.cli.context.CommandContext;
import distkv.cli.context.LogOutput;
import distkv.cli.context.ServerLocator;
import distkv.cli.context.Terminal;
import distkv.cli.input.UsageException;
import distkv.client.node.JoinedNode;
import distkv.runner.JobLog;
import distkv.runner.RunnerOptions;
import distkv.runner.sandbox.SecretFiles;
import distkv.runner.worker.PythonCommand;
import distkv.schema.BadEntry;
import distkv.schema.job.Kind;
import distkv.schema.job.Limits;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** The options of a runner in this process. */
public final class RunnerStartOptions {
    @Mixin
    private RunnerResourceOptions resources = new RunnerResourceOptions();

    @Option(
            names = {"-n", "--nodes"},
            paramLabel = "SIZE",
            description = "How many nodes the group should have. Default: what the group's entry says.")
    private int nodes;

    @Option(
            names = {"--limit"},
            paramLabel = "NAME=VALUE",
            description = "How much a run may use if its job sets no limits: memory, cpu, files, processes, time; e.g."
                    + " memory=512M. Each such run has a process of its own. May be given several times. Default:"
                    + " runner.limits in the configuration.")
    private List<String> limits = List.of();

    boolean hasSize() {
        return nodes > 0;
    }

    /** The options of a runner, from the command line and the configuration. */
    public RunnerOptions options(CommandContext context, String node, String group, Set<Kind> kinds) {
        Terminal terminal = context.terminal();
        Config config = context.config();
        JoinedNode joined = ServerLocator.node(context);
        String python = resources.python(config);
        Path ours = Files.isExecutable(terminal.python()) ? terminal.python() : Path.of("python3");
        RunnerOptions options = RunnerOptions.of(node, kinds)
                .group(group)
                .nodes(nodes)
                .python(PythonCommand.of(python == null ? ours.toString() : python)
                        .withWorkerUser(resources.workerUser(config))
                        .withMemory(resources.memory(config))
                        .withSandbox(resources.sandbox(config, hidden(config, terminal))))
                .prefixes(config.prefixes())
                .config(forCode(config, joined))
                .log(log(context.verbosity()));
        try {
            Double capacity = resources.capacity(config);
            options = options.labels(labels(config, joined))
                    .limits(limits(config))
                    .secrets(secrets(config))
                    .policy(AcceptPolicy.read(config, terminal, node));
            return capacity == null ? options : options.capacity(capacity);
        } catch (IllegalArgumentException e) {
            throw new UsageException("--" + e.getMessage(), e);
        }
    }

    /** What the node has. If its invitation says that, the server permits no other labels. */
    private Set<String> labels(Config config, @Nullable JoinedNode joined) {
        Set<String> labels = resources.labels(config);
        if (joined == null || joined.labels().isEmpty()) {
            return labels;
        }
        Set<String> invited = new TreeSet<>(joined.labels());
        for (String label : labels) {
            if (!invited.contains(label)) {
                throw new UsageException("--label " + label + " (expected: labels of the node's invitation, "
                        + String.join(", ", invited) + ")");
            }
        }
        return labels.isEmpty() ? invited : labels;
    }

    /** What code sees: of a server that the machine has joined, how to know it, but not how the node logs in. */
    private static Map<String, @Nullable Object> forCode(Config config, @Nullable JoinedNode joined) {
        return joined == null
                ? config.forCode()
                : config.with(
                                distkv.model.Path.of("connect", "ssl"),
                                joined.trust().toConfiguration())
                        .forCode();
    }

    /** What belongs to DistKV itself here. */
    private static List<Path> hidden(Config config, Terminal terminal) {
        Path home = Path.of(terminal.environment().getOrDefault("HOME", "/"), ".config");
        List<Path> hidden = new ArrayList<>(List.of(
                home.resolve("distkv.yaml"),
                home.resolve("distkv"),
                Path.of("/etc/distkv.yaml"),
                Path.of("/etc/distkv"),
                Path.of("/var/lib/distkv"),
                terminal.dataDirectory()));
        for (@Nullable
        String named : Arrays.asList(
                config.text("server.data"),
                config.text("runner.secrets"),
                terminal.environment().get("DISTKV_CFG"))) {
            if (named != null && !named.isEmpty()) {
                hidden.add(Path.of(named));
            }
        }
        return hidden;
    }

    private static SecretFiles secrets(Config config) {
        String directory = config.text("runner.secrets");
        return new SecretFiles(directory == null ? null : Path.of(directory).toAbsolutePath());
    }

    private Limits limits(Config config) {
        try {
            Map<Object, @Nullable Object> all = new LinkedHashMap<>();
            if (config.find("runner.limits") instanceof Map<?, ?> configured) {
                all.putAll(configured);
            }
            if (!config.flag("sandbox.network")) {
                all.putIfAbsent("network", false);
            }
            all.putAll(Limits.parse(limits));
            Limits most = AcceptPolicy.limits(config);
            Limits usual = Limits.read(all).over(most);
            String beyond = usual.beyond(most);
            if (beyond != null) {
                throw new UsageException("runner.limits." + beyond
                        + ": more than accept.limits (expected: what this node accepts, or less)");
            }
            return usual;
        } catch (BadEntry e) {
            throw new UsageException(e.getMessage(), e);
        }
    }

    /** Jobs log to where our own log lines go. */
    private static JobLog log(int verbosity) {
        System.Logger.Level least = verbosity < 0
                ? System.Logger.Level.WARNING
                : verbosity == 0 ? System.Logger.Level.INFO : System.Logger.Level.DEBUG;
        return line -> {
            if (severity(line.level()) >= least.getSeverity()) {
                LogOutput.write(line.level(), line.name(), line.text());
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
