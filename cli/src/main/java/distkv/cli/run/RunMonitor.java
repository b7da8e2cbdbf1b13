package distkv.cli.run;

import distkv.cli.context.CommandAction;
import distkv.cli.context.JobScope;
import distkv.cli.context.Printer;
import distkv.cli.context.TreeClient;
import distkv.cli.format.OutputFormat;
import distkv.cli.options.OutputOptions;
import distkv.client.Watch;
import distkv.client.WatchEvent;
import distkv.model.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/**
 * Shows what runners do. A thread follows each subtree that they write to; the command's own thread prints. A slow reader
 * of the output slows the watches down.
 */
@Command(
        name = "monitor",
        description = {
            "Show nodes as they join and leave, and jobs of this kind and group as they are claimed, start, end and fail,"
                    + " until it is stopped: one line each, with the time and the node; with '-o json', one document each."
        },
        footer = {"", "Example:", "  distkv client run monitor"})
public final class RunMonitor implements CommandAction.OfJobs {
    private static final int QUEUE = 100;

    @Mixin
    OutputOptions output = new OutputOptions();

    /** An event of a watch; {@code null}: its end. */
    private record Heard(Path source, @Nullable WatchEvent event) {}

    @Override
    public int run(TreeClient tree, JobScope scope, Printer printer) throws InterruptedException {
        RunEvents events = new RunEvents(tree.config(), scope);
        BlockingQueue<Heard> heard = new ArrayBlockingQueue<>(QUEUE);
        List<Watch> watches = new ArrayList<>();
        try {
            for (Path source : events.sources()) {
                Watch watch = tree.watch(source, true, -1);
                watches.add(watch);
                Thread.ofVirtual().name("monitor " + source).start(() -> follow(watch, source, heard));
            }
            print(events, heard, printer);
        } finally {
            watches.forEach(Watch::close);
        }
        return 0;
    }

    private static void follow(Watch watch, Path source, BlockingQueue<Heard> heard) {
        try {
            WatchEvent event;
            do {
                event = watch.next();
                heard.put(new Heard(source, event));
            } while (event != null);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private static void print(RunEvents events, BlockingQueue<Heard> heard, Printer printer)
            throws InterruptedException {
        boolean reading = true;
        // Entries that existed before are recorded, but not shown.
        Set<Path> current = new HashSet<>();
        while (reading) {
            Heard next = heard.take();
            switch (next.event()) {
                case WatchEvent.Changed(var entry) -> {
                    List<RunEvents.EventLine> items = events.of(entry);
                    for (RunEvents.EventLine item :
                            current.contains(next.source()) ? items : List.<RunEvents.EventLine>of()) {
                        reading = shown(printer, item);
                    }
                }
                case WatchEvent.UpToDate _ -> current.add(next.source());
                case WatchEvent.CutOff(String reason) -> {
                    if (next.source().equals(events.sources().getFirst())) {
                        printer.warning("disconnected: " + reason);
                    }
                }
                case null -> reading = false;
            }
        }
    }

    /** Prints an item; false if nobody reads any more. */
    private static boolean shown(Printer printer, RunEvents.EventLine item) {
        double now = printer.dates().now();
        if (printer.format() == OutputFormat.json) {
            Map<String, @Nullable Object> shown = item.shown();
            shown.put("time", now);
            shown.put("_time", printer.dates().text(now));
            return printer.streamed(shown);
        }
        printer.now(printer.dates().text(now) + "  " + item.line());
        return !printer.terminal().out().checkError();
    }
}
