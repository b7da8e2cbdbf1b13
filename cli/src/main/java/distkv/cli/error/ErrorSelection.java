package distkv.cli.error;

import distkv.cli.context.Printer;
import distkv.cli.context.TreeClient;
import distkv.cli.format.NestedMaps;
import distkv.cli.format.OutputFormat;
import distkv.cli.view.ErrorRecords;
import distkv.model.Entry;
import distkv.model.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** The options that select error records, and how much of them is printed. */
final class ErrorSelection {
    @Option(
            names = {"-n", "--node"},
            paramLabel = "NODE",
            description = "Add details from this node.")
    private @Nullable String node;

    @Option(
            names = {"-s", "--subsystem"},
            paramLabel = "NAME",
            description = "Only errors of this subsystem: run or compile.")
    private @Nullable String subsystem;

    @Option(
            names = {"-r", "--resolved"},
            description = "Only resolved errors.")
    private boolean resolved;

    @Option(
            names = {"-v", "--verbose"},
            description = "Add details from the nodes; twice: with stack traces.")
    private boolean[] verbose = {};

    @Option(
            names = {"-a", "--all-errors"},
            description = "Both open and resolved errors.")
    private boolean all;

    @Option(
            names = {"-d", "--as-dict"},
            paramLabel = "KEY",
            description = "Print maps in maps; KEY is where each record goes. Default: a list.")
    private @Nullable String key;

    @Option(
            names = {"-p", "--path"},
            paramLabel = "PATH",
            description = "Only errors about this path and paths below it; or one record, NODE:TOCK.")
    private Path path = Path.ROOT;

    /** Whether more was asked for than fits on one line each. */
    boolean wantsDetails() {
        return node != null || key != null || verbose.length > 0;
    }

    /** The records that are wanted. */
    List<ErrorRecords.RecordedError> of(ErrorRecords records) {
        List<ErrorRecords.RecordedError> single = path.isRoot() ? List.of() : records.find(path, null);
        return single.isEmpty()
                ? records.records().stream().filter(this::isWanted).toList()
                : single;
    }

    /** Prints them, each as a document, or all in one map of maps. */
    void print(List<ErrorRecords.RecordedError> wanted, TreeClient tree, Printer printer) {
        NestedMaps nested = key == null ? null : new NestedMaps(key);
        try (Printer.Listing listing = printer.listing(nested == null)) {
            for (ErrorRecords.RecordedError error : wanted) {
                Object shown = printer.shown(tree.name(), error.entry(), shown(error, tree, printer));
                if (nested != null) {
                    boolean single = error.at().equals(path);
                    Path about = single ? error.about() : error.about().tail(path.length());
                    nested.put(
                            subsystem == null
                                    ? Path.of(error.record().subsystem()).append(about)
                                    : about,
                            shown);
                } else if (printer.format() == OutputFormat.json) {
                    listing.row("", shown);
                } else {
                    printer.streamed(List.of(shown == null ? "" : shown));
                }
            }
        }
        if (nested != null) {
            printer.document(nested.map());
        }
    }

    /** All that is known of these records, with what the nodes say and their traces. */
    static void printWhole(List<ErrorRecords.RecordedError> records, TreeClient tree, Printer printer) {
        ErrorSelection all = new ErrorSelection();
        all.verbose = new boolean[] {true, true};
        all.print(records, tree, printer);
    }

    private boolean isWanted(ErrorRecords.RecordedError error) {
        return (subsystem == null || subsystem.equals(error.record().subsystem()))
                && (all || (resolved ? error.isResolved() : error.isOpen()))
                && error.about().startsWith(path);
    }

    private Map<String, @Nullable Object> shown(ErrorRecords.RecordedError error, TreeClient tree, Printer printer) {
        Map<String, @Nullable Object> shown = new LinkedHashMap<>();
        if (printer.dates().added(error.record().fields()) instanceof Map<?, ?> dated) {
            dated.forEach((name, value) -> shown.put(String.valueOf(name), value));
        }
        if (key == null) {
            shown.put("path", error.about());
        } else {
            shown.remove("path");
        }
        shown.put("syspath", error.at());
        Map<Object, @Nullable Object> nodes = new LinkedHashMap<>();
        error.details().forEach((name, entry) -> {
            if (node == null ? verbose.length > 0 : node.equals(name)) {
                nodes.put(name, printer.shown(tree.name(), entry, said(entry, printer)));
            }
        });
        if (!nodes.isEmpty()) {
            shown.put("nodes", nodes);
        }
        return shown;
    }

    private @Nullable Object said(Entry entry, Printer printer) {
        if (!(printer.dates().added(Printer.decoded(entry)) instanceof Map<?, ?> said)) {
            return Printer.decoded(entry);
        }
        Map<Object, @Nullable Object> shown = new LinkedHashMap<>(said);
        if (verbose.length < 2) {
            shown.remove("trace");
        }
        return shown;
    }
}
