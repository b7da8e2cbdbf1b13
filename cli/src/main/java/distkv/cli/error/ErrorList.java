package distkv.cli.error;

import distkv.cli.config.Config;
import distkv.cli.context.CommandAction;
import distkv.cli.context.Printer;
import distkv.cli.context.TreeClient;
import distkv.cli.format.Columns;
import distkv.cli.options.OutputOptions;
import distkv.cli.view.ErrorRecords;
import distkv.cli.view.ErrorSubject;
import distkv.cli.view.NextAttempts;
import distkv.schema.error.ErrorDetail;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/** Lists what failed, one line each. */
@Command(
        name = "list",
        description = {
            "Show what failed and has not succeeded since, one line each, the newest first: how long ago it happened"
                    + " last, the job (or procedure, or module), the node, the line of code, when it is tried again,"
                    + " and what happened. 'error show' shows everything about one.",
            "With -o, -d, -n or -v, each is a document."
        },
        footer = {"", "Example:", "  distkv client error list"})
public final class ErrorList implements CommandAction.Remote {
    private static final List<String> HEAD = List.of("AGE", "JOB", "NODE", "LINE", "NEXT", "MESSAGE");

    @Mixin
    OutputOptions output = new OutputOptions();

    @Mixin
    private ErrorSelection selection = new ErrorSelection();

    @Override
    public int run(TreeClient tree, Printer printer) throws InterruptedException {
        List<ErrorRecords.RecordedError> wanted = selection.of(ErrorRecords.load(tree));
        if (printer.isFormatGiven() || printer.metadata() || selection.wantsDetails()) {
            selection.print(wanted, tree, printer);
        } else if (!wanted.isEmpty()) {
            List<List<String>> rows = new ArrayList<>(List.of(HEAD));
            NextAttempts next = new NextAttempts(tree, printer.dates().now());
            for (ErrorRecords.RecordedError error : newestFirst(wanted)) {
                rows.add(row(error, next, tree.config(), printer.dates().now()));
            }
            Columns.lines(rows).forEach(printer::line);
        }
        return 0;
    }

    private static List<ErrorRecords.RecordedError> newestFirst(List<ErrorRecords.RecordedError> records) {
        return records.stream()
                .sorted(Comparator.comparingDouble(ErrorRecords.RecordedError::lastSeen)
                        .reversed())
                .toList();
    }

    private static List<String> row(ErrorRecords.RecordedError error, NextAttempts next, Config config, double now)
            throws InterruptedException {
        double seen = error.lastSeen();
        ErrorRecords.NodeReport last = error.last();
        return List.of(
                seen > 0 ? Columns.duration(now - seen) : "-",
                ErrorSubject.of(error.about(), config).text(),
                last.node().isEmpty() ? "-" : last.node(),
                line(last.detail()),
                error.isOpen() ? next.of(error.about(), last.node()) : error.isGone() ? "deleted" : "resolved",
                error.message());
    }

    /** Procedure and line, as far as the node knows them. */
    private static String line(ErrorDetail detail) {
        String line = detail.line() == null ? "" : ":" + detail.line();
        return detail.code() == null ? line.isEmpty() ? "-" : line : detail.code() + line;
    }
}
