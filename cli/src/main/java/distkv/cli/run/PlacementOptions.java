package distkv.cli.run;

import distkv.cli.input.UsageException;
import distkv.schema.BadEntry;
import distkv.schema.job.JobEdit;
import distkv.schema.job.Limits;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** The options that say where a job may run, what it may use, and how it changes places. */
final class PlacementOptions {
    @Option(
            names = {"--where"},
            paramLabel = "LABEL",
            description = "Only on nodes that have this label. May be given several times; '-': anywhere.")
    private List<String> labels = List.of();

    @Option(
            names = {"--limit"},
            paramLabel = "NAME=VALUE",
            description = "What its runs may use: memory=64M, cpu=SECONDS, files=N, processes=N, time=SECONDS,"
                    + " network=false;"
                    + " '-' as the value removes the limit. May be given several times.")
    private List<String> limits = List.of();

    @Option(
            names = {"--secret"},
            paramLabel = "NAME=FILE",
            description = "What the code finds as _secrets[NAME]: that file of the node's directory of secrets; '-' as"
                    + " the file removes the secret. May be given several times.")
    private Map<String, String> secrets = Map.of();

    @Option(
            names = {"--split"},
            paramLabel = "stop|run",
            description = "What a run does while its node is disconnected: stop (the default), so that only one runs"
                    + " anywhere, or run: continue.")
    private @Nullable String split;

    @Option(
            names = {"--handover"},
            negatable = true,
            description = "Move it without a gap: the new run starts before the old one ends. Default: no.")
    private @Nullable Boolean handover;

    /** Puts what was given into a job. */
    void applyTo(JobEdit job) {
        if (labels.equals(List.of("-"))) {
            job.anywhere();
        } else if (!labels.isEmpty()) {
            job.where(labels);
        }
        if (!limits.isEmpty()) {
            try {
                job.limits(Limits.parse(limits));
            } catch (BadEntry e) {
                throw new UsageException("--limit: " + e.getMessage(), e);
            }
        }
        if (!secrets.isEmpty()) {
            job.secrets(secrets);
        }
        if (split != null) {
            job.split(split);
        }
        if (handover != null) {
            job.handover(handover);
        }
    }
}
