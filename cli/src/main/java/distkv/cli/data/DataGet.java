package distkv.cli.data;

import distkv.cli.context.CommandAction;
import distkv.cli.context.Printer;
import distkv.cli.context.TreeClient;
import distkv.cli.options.OutputOptions;
import distkv.cli.options.SubtreeOptions;
import distkv.client.AuthoredEntry;
import distkv.model.Entry;
import distkv.model.Path;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Reads a value, or all below a path. */
@Command(
        name = "get",
        description = "Read a value; with -r, -d, -m or -M, those of a subtree.",
        footer = {
            "",
            "Examples:",
            "  distkv client data get room.temp",
            "  distkv client data get -rd _ room",
            "  distkv client data get --by room.temp"
        })
public final class DataGet implements CommandAction.Remote {
    @Mixin
    OutputOptions output = new OutputOptions();

    @Mixin
    private SubtreeOptions selection = new SubtreeOptions();

    @Option(
            names = {"-r", "--recursive"},
            description = "Read the whole subtree.")
    private boolean recursive;

    @Option(
            names = {"-e", "--empty"},
            description = "Include paths that have only entries below them.")
    private boolean empty;

    @Option(
            names = {"-R", "--raw"},
            description = "Print a text or bytes as they are, without quotes.")
    private boolean raw;

    @Option(
            names = {"-D", "--add-date"},
            description = "Add a readable date to each number that may be a time.")
    private boolean dates;

    @Option(
            names = {"--by"},
            description = "Show who wrote it: 'by', and 'cause' if a run did so because of another change.")
    private boolean by;

    @Parameters(paramLabel = "PATH", description = "The entry, for example room.temp; ':' is the root.")
    private Path path = Path.ROOT;

    @Override
    public int run(TreeClient tree, Printer printer) throws InterruptedException {
        if (recursive || selection.isUsed()) {
            new SubtreePrinter(tree, printer, selection, dates, by)
                    .print(path, selection.least(0), selection.most(-1), empty, false);
            return 0;
        }
        AuthoredEntry found = by ? tree.readWithAuthor(path) : null;
        Entry entry = by ? (found == null ? null : found.entry()) : tree.read(path);
        if (entry == null) {
            boolean parent = !tree.children(path).isEmpty();
            return parent
                    ? printer.nothing("No data at " + path + ", only below it", "'data get -r " + path + "' shows that")
                    : printer.nothing("No data at " + path);
        }
        Object value = Printer.decoded(entry);
        if (found != null) {
            Object shown = dates ? printer.dates().added(value) : value;
            printer.document(printer.shownWithAuthor(tree.name(), entry, found.origin(), shown));
        } else if (raw && !printer.metadata()) {
            byte[] bytes = value instanceof byte[] given
                    ? given
                    : String.valueOf(value).getBytes(StandardCharsets.UTF_8);
            printer.terminal().out().write(bytes, 0, bytes.length);
        } else {
            @Nullable Object shown = dates ? printer.dates().added(value) : value;
            printer.document(printer.shown(tree.name(), entry, shown));
        }
        return 0;
    }
}
