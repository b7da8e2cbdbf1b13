package distkv.cli.view;

import distkv.cli.config.Config;
import distkv.cli.context.Printer;
import distkv.cli.context.TreeClient;
import distkv.model.Entry;
import distkv.model.Path;
import distkv.schema.error.ErrorDetail;
import distkv.schema.error.ErrorRecord;
import distkv.schema.error.ErrorReport;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The error tree, read once: records, each with what the nodes reported about it. */
public record ErrorRecords(List<RecordedError> records) {
    /**
     * One record, with what the nodes reported.
     *
     * @param at its name: node and tock
     * @param details the entries of the nodes, by name
     * @param isGone whether the job, procedure or module that it is about has been deleted, so that the error no longer matters
     */
    public record RecordedError(Path at, Entry entry, ErrorRecord record, Map<Object, Entry> details, boolean isGone) {
        public boolean isResolved() {
            return record.resolved();
        }

        /** Whether the error still needs attention. */
        public boolean isOpen() {
            return !isResolved() && !isGone;
        }

        public Path about() {
            return record.about();
        }

        /** What a node reported last; the node's name is "" if none did. */
        public NodeReport last() {
            return details.entrySet().stream()
                    .map(detail -> NodeReport.read(String.valueOf(detail.getKey()), detail.getValue()))
                    .max(Comparator.comparingDouble(report -> report.detail.seen()))
                    .orElse(new NodeReport("", ErrorDetail.read(Map.of())));
        }

        /** Unix time when it was seen last; 0 if that is not known. */
        public double lastSeen() {
            return record.lastSeen(last().detail.seen());
        }

        /** What happened, in one line: with the error's own text, unless the line has it already. */
        public String message() {
            ErrorDetail last = last().detail;
            String said = firstOf(record.message(), last.message(), last.comment(), "-");
            String text = firstOf(last.text(), "");
            String line = said.contains(text) ? said : said + ": " + text;
            return line.lines().findFirst().orElse("-").strip();
        }

        private static String firstOf(@Nullable String... texts) {
            for (String text : texts) {
                if (text != null) {
                    return text;
                }
            }
            return "";
        }

        /** A line about it: who says what. */
        public String line() {
            String node = last().node();
            return node.isEmpty() ? message() : node + ": " + message();
        }
    }

    /** What a node reported about an error. */
    public record NodeReport(String node, ErrorDetail detail) {
        private static NodeReport read(String node, Entry entry) {
            Map<?, ?> fields = Printer.decoded(entry) instanceof Map<?, ?> map ? map : Map.of();
            return new NodeReport(node, ErrorDetail.read(fields));
        }
    }

    public static ErrorRecords load(TreeClient tree) throws InterruptedException {
        Path prefix = tree.config().prefixes().errors();
        int length = prefix.length();
        Map<Path, RecordedError> found = new LinkedHashMap<>();
        for (Entry entry : tree.below(prefix, 2, 3)) {
            Path at = entry.path().tail(length);
            if (at.length() == 2) {
                ErrorRecord record =
                        ErrorRecord.readAny(entry, Path.of("incomplete").append(at));
                found.put(at, new RecordedError(at, entry, record, new LinkedHashMap<>(), isGone(tree, record)));
            } else {
                RecordedError error = found.get(at.head(2));
                if (error != null) {
                    error.details.put(at.elements().getLast(), entry);
                }
            }
        }
        return new ErrorRecords(List.copyOf(found.values()));
    }

    /** A missing entry has been deleted; only of entries of the system itself is that known. */
    private static boolean isGone(TreeClient tree, ErrorRecord record) throws InterruptedException {
        Config config = tree.config();
        List<Path> prefixes = switch (record.subsystem()) {
            case ErrorReport.RUN -> List.of(config.prefixes().runs());
            case ErrorReport.COMPILE ->
                List.of(config.prefixes().codes(), config.prefixes().modules());
            default -> List.of();
        };
        return !record.resolved()
                && prefixes.stream().anyMatch(record.about()::startsWith)
                && tree.read(record.about()) == null;
    }

    /** The records that still need attention. */
    public List<RecordedError> open() {
        return records.stream().filter(RecordedError::isOpen).toList();
    }

    /** For each job that failed and has not succeeded since, its records; a job for all nodes has one for each node. */
    public Map<Path, List<RecordedError>> failedJobs() {
        Map<Path, List<RecordedError>> jobs = new HashMap<>();
        for (RecordedError error : open()) {
            if (error.record.subsystem().equals(ErrorReport.RUN)) {
                jobs.computeIfAbsent(error.about(), job -> new ArrayList<>()).add(error);
            }
        }
        return jobs;
    }

    /** The record at this name, or those about this path in that subsystem. */
    public List<RecordedError> find(Path path, @Nullable String subsystem) {
        return records.stream()
                .filter(error -> subsystem == null
                        ? error.at.equals(path)
                        : subsystem.equals(error.record.subsystem())
                                && error.about().equals(path))
                .toList();
    }

    /** Those about the job, procedure or module of this name; or about this path. */
    public List<RecordedError> named(Path name, Config config) {
        return records.stream()
                .filter(error -> error.about().equals(name)
                        || ErrorSubject.of(error.about(), config).name().equals(name))
                .toList();
    }
}
