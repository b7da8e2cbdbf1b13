package distkv.cli;

import distkv.model.Entry;
import distkv.model.Path;
import distkv.schema.error.ErrorReport;
import distkv.schema.job.Kind;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** The error tree, read once: records at node and tock, each with what the nodes say about it below. */
record ErrorRecords(List<ErrorRecord> records) {
    /**
     * One record.
     *
     * @param at its name: node and tock
     * @param details what each node says
     * @param gone whether the job, procedure or module that it is about has been deleted, so that it matters no more
     */
    record ErrorRecord(Path at, Entry entry, Map<?, ?> value, Map<Object, Entry> details, boolean gone) {
        /** Some write a flag, some the time. */
        boolean isResolved() {
            return resolved(value);
        }

        /** Whether there is still something to do about it. */
        boolean isOpen() {
            return !isResolved() && !gone;
        }

        @Nullable
        Object subsystem() {
            return value.get("subsystem");
        }

        /** What it is about; some clients store a list of elements. */
        Path about() {
            return Objects.requireNonNullElseGet(
                    ErrorRecords.about(value), () -> Path.of("incomplete").append(at));
        }

        /** What was said last; the node's name is "" if nobody says anything. */
        Said last() {
            return details.entrySet().stream()
                    .map(detail -> Said.read(String.valueOf(detail.getKey()), detail.getValue()))
                    .max(Comparator.comparingDouble(Said::seen))
                    .orElse(new Said("", Map.of()));
        }

        /** What happened, in one line: also why, if that is only in what the node said. */
        String message() {
            Said last = last();
            String said = value.get("message") instanceof String text ? text : last.message();
            String why = last.map().get("str") instanceof String text ? text : "";
            String line = said.contains(why) ? said : said + ": " + why;
            return line.lines().findFirst().orElse("-").strip();
        }

        /** A line about it: who says what. */
        String line() {
            String node = last().node();
            return node.isEmpty() ? message() : node + ": " + message();
        }
    }

    /** What a node said about an error. */
    record Said(String node, Map<?, ?> map) {
        static Said read(String node, Entry detail) {
            return new Said(node, Printer.decoded(detail) instanceof Map<?, ?> map ? map : Map.of());
        }

        double seen() {
            return map.get("seen") instanceof Number seen ? seen.doubleValue() : 0;
        }

        String message() {
            Object text = map.get("message") != null ? map.get("message") : map.get("comment");
            return text == null ? "-" : text.toString();
        }
    }

    private static boolean resolved(Map<?, ?> record) {
        Object resolved = record.get("resolved");
        return Boolean.TRUE.equals(resolved) || (resolved instanceof Number time && time.doubleValue() > 0);
    }

    private static @Nullable Path about(Map<?, ?> record) {
        return switch (record.get("path")) {
            case Path path -> path;
            case List<?> elements -> Path.of(elements);
            case null, default -> null;
        };
    }

    static ErrorRecords load(Tree tree) throws InterruptedException {
        Path prefix = tree.config().path("errors.prefix");
        int length = prefix.length();
        Map<Path, ErrorRecord> found = new LinkedHashMap<>();
        for (Entry entry : tree.below(prefix, 2, 3)) {
            Path at = entry.path().tail(length);
            if (at.length() == 2) {
                Map<?, ?> value = Printer.decoded(entry) instanceof Map<?, ?> map ? map : Map.of();
                found.put(at, new ErrorRecord(at, entry, value, new LinkedHashMap<>(), isGone(tree, value)));
            } else {
                ErrorRecord record = found.get(at.head(2));
                if (record != null) {
                    record.details.put(at.elements().getLast(), entry);
                }
            }
        }
        return new ErrorRecords(List.copyOf(found.values()));
    }

    /** Only of what the system itself keeps is it known that an entry that is not there has been deleted. */
    private static boolean isGone(Tree tree, Map<?, ?> record) throws InterruptedException {
        Path about = about(record);
        if (about == null || resolved(record)) {
            return false;
        }
        List<String> prefixes = ErrorReport.RUN.equals(record.get("subsystem"))
                ? List.of("runner.prefix")
                : ErrorReport.COMPILE.equals(record.get("subsystem"))
                        ? List.of("codes.prefix", "modules.prefix")
                        : List.of();
        for (String prefix : prefixes) {
            if (about.startsWith(tree.config().path(prefix))) {
                return tree.read(about) == null;
            }
        }
        return false;
    }

    /** Those about which something is to be done. */
    List<ErrorRecord> open() {
        return records.stream().filter(ErrorRecord::isOpen).toList();
    }

    /** For each job that failed and did not succeed since, its records, of which a job of all nodes has one a node. */
    Map<Path, List<ErrorRecord>> failedJobs() {
        Map<Path, List<ErrorRecord>> jobs = new HashMap<>();
        for (ErrorRecord record : open()) {
            if (ErrorReport.RUN.equals(record.subsystem())) {
                jobs.computeIfAbsent(record.about(), job -> new ArrayList<>()).add(record);
            }
        }
        return jobs;
    }

    /** The record at this name, or those about this path in that subsystem. */
    List<ErrorRecord> find(Path path, @Nullable String subsystem) {
        return records.stream()
                .filter(record -> subsystem == null
                        ? record.at.equals(path)
                        : subsystem.equals(record.subsystem()) && record.about().equals(path))
                .toList();
    }

    /** Those about the job, procedure or module of this name; or about this path. */
    List<ErrorRecord> named(Path name, Config config) {
        return records.stream()
                .filter(record -> record.about().equals(name)
                        || Subject.of(record.about(), config).name().equals(name))
                .toList();
    }

    /**
     * What an error is about, as people call it.
     *
     * @param kind {@code any}, {@code at}, {@code all}, {@code procedure} or {@code module}, or "" for anything else
     * @param group the group of a job, or ""
     * @param name its name, or the whole path
     */
    record Subject(String kind, String group, Path name) {
        static Subject of(Path about, Config config) {
            Path jobs = config.path("runner.prefix");
            if (about.startsWith(jobs) && about.length() > jobs.length()) {
                Path at = about.tail(jobs.length());
                String kind = String.valueOf(at.elements().getFirst());
                int length = kind.equals(Kind.AT.word()) ? 3 : 2;
                if (at.length() > length) {
                    return new Subject(kind, Runs.group(at.elements()), at.tail(length));
                }
            }
            for (Library library : List.of(Library.procedures(config), Library.modules(config))) {
                int length = library.prefix().length();
                if (about.startsWith(library.prefix()) && about.length() > length) {
                    return new Subject(library.noun(), "", about.tail(length));
                }
            }
            return new Subject("", "", about);
        }

        /** As it is listed. */
        String text() {
            String job = group.isEmpty() || group.equals(JobScope.DEFAULT_GROUP) ? name.toString() : group + ":" + name;
            return kind.isEmpty() ? job : kind + " " + job;
        }
    }
}
