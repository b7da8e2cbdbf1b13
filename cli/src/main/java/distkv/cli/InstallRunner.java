package distkv.cli;

import distkv.schema.BadEntry;
import distkv.schema.job.Limits;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** What an installed runner is started with: as the options of {@code run all}. */
final class InstallRunner {
    @Option(
            names = {"-g", "--group"},
            paramLabel = "GROUP",
            description = "The runner's group of nodes. Default: default.")
    private String group = JobScope.DEFAULT_GROUP;

    @Option(
            names = {"--label"},
            paramLabel = "TEXT",
            description = "Something that this node has, for jobs that ask for it by --where. May be given several"
                    + " times. Default: runner.labels in the configuration.")
    private Set<String> labels = new LinkedHashSet<>();

    @Option(
            names = {"--capacity"},
            paramLabel = "NUMBER",
            description = "How much this node can bear, compared with the others. Default: runner.capacity in the"
                    + " configuration, else its number of cores, or of GiB of memory if that is less.")
    private @Nullable Double capacity;

    @Option(
            names = {"--python"},
            paramLabel = "FILE",
            description = "The interpreter for Python code, which needs our package. Default: runner.python in the"
                    + " configuration, else our own.")
    private @Nullable Path python;

    @Option(
            names = {"--memory"},
            paramLabel = "SIZE",
            description = "How much memory all runs without limits may use together, e.g. 2G. Default: runner.memory in"
                    + " the configuration, else what there is.")
    private @Nullable String memory;

    /** Refuses what the runner would, while there is somebody to read it. */
    void check(boolean runnerToo) {
        if (capacity != null && !(capacity > 0 && Double.isFinite(capacity))) {
            throw new UsageException("--capacity " + capacity + " (expected: a number, more than 0)");
        } else if (labels.contains("")) {
            throw new UsageException("--label: an empty text (expected: a text)");
        }
        if (memory != null) {
            try {
                Limits.memory("--memory", memory);
            } catch (BadEntry e) {
                throw new UsageException(e.getMessage(), e);
            }
        }
        if (!runnerToo && !(before().isEmpty() && behind().isEmpty())) {
            throw new UsageException(String.join(" ", before()) + String.join(" ", behind())
                    + " (expected: nothing, since a server runs no code; 'runner' or 'both' in place of 'server')");
        }
    }

    /** The words between {@code run} and {@code all}. */
    List<String> before() {
        return group.equals(JobScope.DEFAULT_GROUP) ? List.of() : List.of("-g", group);
    }

    /** The words behind {@code all}. */
    List<String> behind() {
        List<String> words = new ArrayList<>();
        for (String label : labels) {
            words.addAll(List.of("--label", label));
        }
        if (capacity != null) {
            words.addAll(List.of("--capacity", Numbers.whole(capacity).toString()));
        }
        if (python != null) {
            words.addAll(List.of("--python", python.toAbsolutePath().toString()));
        }
        if (memory != null) {
            words.addAll(List.of("--memory", memory));
        }
        return words;
    }
}
