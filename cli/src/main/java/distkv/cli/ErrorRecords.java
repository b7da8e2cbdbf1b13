package distkv.cli;

import distkv.model.Entry;
import distkv.model.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The error tree, read once: records at node and tock, each with what the nodes say about it below. */
record ErrorRecords(List<ErrorRecord> records) {
    /**
     * One record.
     *
     * @param at its name: node and tock
     * @param details what each node says
     */
    record ErrorRecord(Path at, Entry entry, Map<?, ?> value, Map<Object, Entry> details) {
        /** Some write a flag, some the time. */
        boolean isResolved() {
            Object resolved = value.get("resolved");
            return Boolean.TRUE.equals(resolved) || (resolved instanceof Number time && time.doubleValue() > 0);
        }

        @Nullable
        Object subsystem() {
            return value.get("subsystem");
        }

        /** What it is about; some clients store a list of elements. */
        Path about() {
            return switch (value.get("path")) {
                case Path path -> path;
                case List<?> elements -> Path.of(elements);
                case null, default -> Path.of("incomplete").append(at);
            };
        }

        /** A line about it: who says what. */
        String line() {
            List<String> lines = new ArrayList<>();
            details.values().forEach(detail -> {
                if (Printer.decoded(detail) instanceof Map<?, ?> said) {
                    Object text = said.get("message") != null ? said.get("message") : said.get("comment");
                    lines.add(at + " " + (text == null ? "-" : text));
                }
            });
            return lines.isEmpty() ? at + " -" : String.join(" | ", lines);
        }
    }

    static ErrorRecords load(Tree tree) throws InterruptedException {
        Path prefix = tree.config().path("errors.prefix");
        int length = prefix.length();
        Map<Path, ErrorRecord> found = new LinkedHashMap<>();
        for (Entry entry : tree.below(prefix, 2, 3)) {
            Path at = entry.path().tail(length);
            if (at.length() == 2) {
                Map<?, ?> value = Printer.decoded(entry) instanceof Map<?, ?> map ? map : Map.of();
                found.put(at, new ErrorRecord(at, entry, value, new LinkedHashMap<>()));
            } else {
                ErrorRecord record = found.get(at.head(2));
                if (record != null) {
                    record.details.put(at.elements().getLast(), entry);
                }
            }
        }
        return new ErrorRecords(List.copyOf(found.values()));
    }

    /** For each job that failed and did not succeed since, a line that says how. */
    Map<Path, String> unresolvedRuns() {
        Map<Path, String> lines = new HashMap<>();
        for (ErrorRecord record : records) {
            if (!record.isResolved() && "run".equals(record.subsystem())) {
                lines.put(record.about(), record.line());
            }
        }
        return lines;
    }

    /** The record at this name, or about this path in that subsystem; {@code null} if there is none. */
    @Nullable
    ErrorRecord find(Path path, @Nullable String subsystem) {
        return records.stream()
                .filter(record -> subsystem == null
                        ? record.at.equals(path)
                        : subsystem.equals(record.subsystem()) && record.about().equals(path))
                .findFirst()
                .orElse(null);
    }
}
