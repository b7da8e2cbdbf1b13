package distkv.cli;

import distkv.schema.BadEntry;
import distkv.schema.job.Limits;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** The options that say where a job may run, what it may use, and how it changes places. */
final class Placing {
    @Option(
            names = {"--where"},
            paramLabel = "LABEL",
            description = "Only on nodes that have this label. May be given several times; '-': anywhere.")
    private List<String> labels = List.of();

    @Option(
            names = {"--limit"},
            paramLabel = "NAME=VALUE",
            description = "What it may use: memory=64M, cpu=SECONDS, files=N, processes=N, time=SECONDS;"
                    + " '-' as the value removes the limit. May be given several times.")
    private List<String> limits = List.of();

    @Option(
            names = {"--split"},
            paramLabel = "stop|run",
            description = "What a run does while its node is cut off: stop (the default), so that there is only one"
                    + " anywhere, or run on.")
    private @Nullable String split;

    @Option(
            names = {"--handover"},
            negatable = true,
            description = "Move it without a gap: the new run begins before the old one ends. Default: not.")
    private @Nullable Boolean handover;

    /** Puts what was given into a job. */
    void applyTo(Map<Object, @Nullable Object> job) {
        if (labels.equals(List.of("-"))) {
            job.remove("where");
        } else if (!labels.isEmpty()) {
            job.put("where", Map.of("has", labels.stream().distinct().toList()));
        }
        if (!limits.isEmpty()) {
            job.put("limits", changed(job.get("limits") instanceof Map<?, ?> map ? map : Map.of()));
        }
        if (split != null) {
            job.put("split", split);
        }
        if (handover != null) {
            job.put("handover", handover);
        }
    }

    private Map<?, ?> changed(Map<?, ?> old) {
        Map<Object, @Nullable Object> changed = new LinkedHashMap<>(old);
        try {
            changed.putAll(Limits.parse(limits));
        } catch (BadEntry e) {
            throw new UsageException("--limit: " + e.getMessage(), e);
        }
        changed.values().removeIf(value -> value == null);
        return changed;
    }
}
