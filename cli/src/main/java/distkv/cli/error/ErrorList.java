package distkv.cli.error;

import distkv.cli.config.Config;
import distkv.cli.context.CommandAction;
import distkv.cli.context.Printer;
import distkv.cli.context.TreeClient;
import distkv.cli.format.Columns;
import distkv.cli.options.OutputOptions;
import distkv.cli.view.ErrorRecords;
import distkv.cli.view.NextAttempts;
import distkv.model.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/** Lists what failed, one line each. */
@Command(
        name = "list",
        description = {
            "Show what failed and has not succeeded since, one line each, the newest first: how long ago it happened"
                    + " last, the job (or procedure, or module), the node, the line of code, when it is tried again,"
                    + " and what happened. 'error show' has all of it.",
            "With -o, -d, -n or -v: a document each."
        },
        footer = {"", "Example:", "  distkv client error list"})
public final class ErrorList implements CommandAction.Remote {
    private static final List<String> HEAD = List.of("AGE", "JOB", "NODE", "LINE", "NEXT", "MESSAGE");

    @Mixin
    OutputOptions leaf = new OutputOptions();

    @Mixin
    private ErrorSelection selection = new ErrorSelection();

    @Override
    public int run(TreeClient tree, Printer printer) throws InterruptedException {
        List<ErrorRecords.ErrorRecord> wanted = selection.of(ErrorRecords.load(tree));
        if (printer.isFormatGiven() || printer.metadata() || selection.wantsDetails()) {
            selection.print(wanted, tree, printer);
        } else if (!wanted.isEmpty()) {
            List<List<String>> rows = new ArrayList<>(List.of(HEAD));
            NextAttempts next = new NextAttempts(tree, printer.dates().now());
            for (ErrorRecords.ErrorRecord record : newestFirst(wanted)) {
                rows.add(row(record, next, tree.config(), printer.dates().now()));
            }
            Columns.lines(rows).forEach(printer::line);
        }
        return 0;
    }

    private static List<ErrorRecords.ErrorRecord> newestFirst(List<ErrorRecords.ErrorRecord> records) {
        return records.stream()
                .sorted(Comparator.comparingDouble(ErrorList::lastSeen).reversed())
                .toList();
    }

    private static double lastSeen(ErrorRecords.ErrorRecord record) {
        return record.value().get("last_seen") instanceof Number seen
                ? seen.doubleValue()
                : record.last().seen();
    }

    private static List<String> row(ErrorRecords.ErrorRecord record, NextAttempts next, Config config, double now)
            throws InterruptedException {
        double seen = lastSeen(record);
        ErrorRecords.Said last = record.last();
        return List.of(
                seen > 0 ? Columns.duration(now - seen) : "-",
                ErrorRecords.Subject.of(record.about(), config).text(),
                last.node().isEmpty() ? "-" : last.node(),
                line(last),
                record.isOpen() ? next.of(record.about(), last.node()) : record.gone() ? "deleted" : "resolved",
                record.message());
    }

    /** Procedure and line, as far as the node knows them. */
    private static String line(ErrorRecords.Said said) {
        Map<?, ?> data = said.map().get("data") instanceof Map<?, ?> map ? map : Map.of();
        @Nullable Object code = data.get("code") instanceof List<?> path ? Path.of(path) : data.get("code");
        String line = data.get("line") instanceof Number number ? ":" + number : "";
        return code == null ? line.isEmpty() ? "-" : line : code + line;
    }
}
