package distkv.cli.data;

import distkv.cli.context.CommandAction;
import distkv.cli.context.Printer;
import distkv.cli.context.TreeClient;
import distkv.cli.options.OutputOptions;
import distkv.client.Watch;
import distkv.client.WatchEvent;
import distkv.model.Entry;
import distkv.model.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Shows changes as they happen. */
@Command(
        name = "monitor",
        description = "Show the changes of a subtree as they happen, until it is stopped.",
        footer = {"", "Example:", "  distkv client data monitor -s room"})
public final class DataMonitor implements CommandAction.Remote {
    @Mixin
    OutputOptions output = new OutputOptions();

    @Option(
            names = {"-s", "--state"},
            description = "Show the entries that exist first.")
    private boolean state;

    @Option(
            names = {"--only"},
            description = "Only this entry, not those below it, and only its value.")
    private boolean only;

    @Option(
            names = {"-D", "--add-date"},
            description = "Add a readable date to each number that may be a time.")
    private boolean dates;

    @Option(
            names = {"-i", "--ignore"},
            paramLabel = "PATH",
            description = "Leave out this subtree.")
    private List<Path> ignored = List.of();

    @Parameters(paramLabel = "PATH", description = "What to watch; ':' is everything.")
    private Path path = Path.ROOT;

    @Override
    public int run(TreeClient tree, Printer printer) throws InterruptedException {
        boolean reading = true;
        boolean current = !state;
        boolean seen = false;
        try (Watch watch = tree.watch(path, state, only ? 0 : -1)) {
            while (reading) {
                switch (watch.next()) {
                    case WatchEvent.Changed(Entry entry) -> {
                        seen = true;
                        reading = isIgnored(entry) || changed(tree, printer, entry, current);
                    }
                    case WatchEvent.UpToDate(long tick) -> {
                        boolean first = !current;
                        current = true;
                        if (only && first && !seen) {
                            return printer.nothing("No data at " + path);
                        }
                        reading = only || !first || printer.streamed(upToDate(printer, tick));
                    }
                    case WatchEvent.CutOff(String reason) -> printer.warning("disconnected: " + reason);
                    case null -> reading = false;
                }
                printer.terminal().out().flush();
            }
        }
        return 0;
    }

    private boolean isIgnored(Entry entry) {
        return ignored.stream().anyMatch(entry.path()::startsWith);
    }

    private boolean changed(TreeClient tree, Printer printer, Entry entry, boolean current) {
        Object value = dates ? printer.dates().added(Printer.decoded(entry)) : Printer.decoded(entry);
        if (only) {
            if (!entry.isDeletion()) {
                printer.document(value);
            }
            return !printer.terminal().out().checkError();
        }
        Map<String, @Nullable Object> shown = new LinkedHashMap<>();
        if (printer.metadata()) {
            shown.putAll(Printer.written(tree.name(), entry.tick()));
        }
        shown.put("path", entry.path());
        shown.put("tock", entry.tick());
        if (!entry.isDeletion()) {
            shown.put("value", value);
        }
        if (current) {
            addTime(printer, shown);
        }
        return printer.streamed(shown);
    }

    private static Map<String, @Nullable Object> upToDate(Printer printer, long tick) {
        Map<String, @Nullable Object> shown = new LinkedHashMap<>();
        shown.put("state", "uptodate");
        shown.put("tock", tick);
        addTime(printer, shown);
        return shown;
    }

    private static void addTime(Printer printer, Map<String, @Nullable Object> shown) {
        double now = printer.dates().now();
        shown.put("time", now);
        shown.put("_time", printer.dates().text(now));
    }
}
