package distkv.cli;

import distkv.model.Entry;
import distkv.model.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** Shows error records. */
@Command(
        name = "list",
        description = "Show what failed and has not succeeded since.",
        footer = {"", "Example:", "  distkv client error list -vv -s run"})
final class ErrorList implements Action.Remote {
    @Mixin
    Leaf leaf = new Leaf();

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
            description = "Only errors about this path and what is below it; or one record, as NODE:TOCK.")
    private Path path = Path.ROOT;

    @Override
    public int run(Tree tree, Printer printer) throws InterruptedException {
        ErrorRecords records = ErrorRecords.load(tree);
        ErrorRecords.ErrorRecord single = path.isRoot() ? null : records.find(path, null);
        Nested nested = key == null ? null : new Nested(key);
        List<ErrorRecords.ErrorRecord> wanted = single == null
                ? records.records().stream().filter(this::isWanted).toList()
                : List.of(single);
        for (ErrorRecords.ErrorRecord record : wanted) {
            Object shown = printer.shown(tree.name(), record.entry(), shown(record, tree, printer));
            if (nested == null) {
                printer.streamed(printer.format() != Format.json ? List.of(shown == null ? "" : shown) : shown);
            } else {
                Path about = single == null ? record.about().tail(path.length()) : record.about();
                nested.put(subsystem == null ? Path.of(record.subsystem()).append(about) : about, shown);
            }
        }
        if (nested != null) {
            printer.document(nested.map());
        }
        return 0;
    }

    private boolean isWanted(ErrorRecords.ErrorRecord record) {
        return (subsystem == null || subsystem.equals(record.subsystem()))
                && (all || record.isResolved() == resolved)
                && record.about().startsWith(path);
    }

    private Map<String, @Nullable Object> shown(ErrorRecords.ErrorRecord record, Tree tree, Printer printer) {
        Map<String, @Nullable Object> shown = new LinkedHashMap<>();
        if (printer.dates().added(record.value()) instanceof Map<?, ?> dated) {
            dated.forEach((name, value) -> shown.put(String.valueOf(name), value));
        }
        if (key == null) {
            shown.put("path", record.about());
        } else {
            shown.remove("path");
        }
        shown.put("syspath", record.at());
        Map<Object, @Nullable Object> nodes = new LinkedHashMap<>();
        record.details().forEach((name, entry) -> {
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
