package distkv.cli.error;

import distkv.cli.context.CommandAction;
import distkv.cli.context.Printer;
import distkv.cli.context.TreeClient;
import distkv.cli.options.OutputOptions;
import distkv.client.Watch;
import distkv.client.WatchEvent;
import distkv.model.Entry;
import distkv.model.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** Shows errors as they happen. */
@Command(
        name = "monitor",
        description = "Show error records as they are written, until it is stopped.",
        footer = {"", "Example:", "  distkv client error monitor -s"})
public final class ErrorMonitor implements CommandAction.Remote {
    @Mixin
    OutputOptions output = new OutputOptions();

    @Option(
            names = {"-s", "--state"},
            description = "Show the records that exist first.")
    private boolean state;

    @Override
    public int run(TreeClient tree, Printer printer) throws InterruptedException {
        Path prefix = tree.config().prefixes().errors();
        boolean reading = true;
        try (Watch watch = tree.watch(prefix, state, -1)) {
            while (reading) {
                switch (watch.next()) {
                    case WatchEvent.Changed(Entry entry) -> reading = printer.streamed(shown(printer, prefix, entry));
                    case WatchEvent.UpToDate upToDate ->
                        printer.terminal().out().flush();
                    case WatchEvent.CutOff(String reason) -> printer.warning("disconnected: " + reason);
                    case null -> reading = false;
                }
            }
        }
        return 0;
    }

    private static Map<Object, @Nullable Object> shown(Printer printer, Path prefix, Entry entry) {
        Map<Object, @Nullable Object> shown = new LinkedHashMap<>();
        if (printer.dates().added(Printer.decoded(entry)) instanceof Map<?, ?> dated) {
            shown.putAll(dated);
        }
        shown.put("syspath", entry.path().tail(prefix.length()));
        if (entry.isDeletion()) {
            shown.put("deleted", true);
        }
        return shown;
    }
}
