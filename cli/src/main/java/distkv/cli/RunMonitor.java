package distkv.cli;

import distkv.client.Watch;
import distkv.client.WatchEvent;
import distkv.model.Entry;
import distkv.model.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/** Shows what runners do. */
@Command(
        name = "monitor",
        description = "Show how jobs of this kind and group start, stop and fail, until it is stopped.",
        footer = {"", "Example:", "  distkv client run monitor"})
final class RunMonitor implements Action.OfJobs {
    @Mixin
    Leaf leaf = new Leaf();

    @Override
    public int run(Tree tree, JobScope scope, Printer printer) throws InterruptedException {
        Path states = scope.states(tree.config());
        boolean reading = true;
        try (Watch watch = tree.watch(states, false, -1)) {
            while (reading) {
                switch (watch.next()) {
                    case WatchEvent.Changed(Entry entry) -> reading = printer.streamed(shown(printer, states, entry));
                    case WatchEvent.UpToDate upToDate ->
                        printer.terminal().out().flush();
                    case WatchEvent.CutOff(String reason) -> printer.warning("cut off: " + reason);
                    case null -> reading = false;
                }
            }
        }
        return 0;
    }

    private static Map<Object, @Nullable Object> shown(Printer printer, Path states, Entry entry) {
        Map<Object, @Nullable Object> shown = new LinkedHashMap<>();
        shown.put("job", entry.path().tail(states.length()));
        shown.put("state", entry.isDeletion() ? null : printer.dates().added(Printer.decoded(entry)));
        return shown;
    }
}
