package distkv.cli;

import distkv.client.ClientException;
import distkv.client.Monitor;
import distkv.client.ReceivedMessage;
import distkv.model.Path;
import distkv.protocol.Etype;
import distkv.runner.LiveLog;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Shows what jobs log, as they do. */
@Command(
        name = "logs",
        description = {
            "Show what jobs log and print from now on, whichever node runs them, until it is stopped: a line each with the"
                    + " time, the node and the level; with '-o json' a document each."
        },
        footer = {"", "Examples:", "  distkv client run logs scale.room", "  distkv client run logs -l WARNING"})
final class RunLogs implements Action.OfJobs {
    /** As Python orders them. */
    private enum Level {
        DEBUG,
        INFO,
        WARNING,
        ERROR,
        CRITICAL
    }

    @Mixin
    Leaf leaf = new Leaf();

    @Option(
            names = {"-l", "--level"},
            paramLabel = "LEVEL",
            defaultValue = "DEBUG",
            description = "Only those that are at least: ${COMPLETION-CANDIDATES}.")
    private Level least = Level.DEBUG;

    @Parameters(
            arity = "0..1",
            paramLabel = "PATH",
            description = "Only of jobs at and below this name. Default: all of this kind and group.")
    private Path path = Path.ROOT;

    @Override
    public int run(Tree tree, JobScope scope, Printer printer) throws InterruptedException {
        Path jobs = scope.jobs(tree.config());
        boolean reading = true;
        try (Monitor monitor = tree.monitor(LiveLog.topic(scope.group()))) {
            while (reading) {
                ReceivedMessage message = next(monitor, printer);
                reading = message != null;
                for (LiveLog.Heard heard : message == null ? List.<LiveLog.Heard>of() : LiveLog.read(message.data())) {
                    reading &= shown(heard, jobs, printer);
                }
            }
        }
        return 0;
    }

    private static @Nullable ReceivedMessage next(Monitor monitor, Printer printer) throws InterruptedException {
        while (true) {
            try {
                return monitor.next();
            } catch (ClientException e) {
                if (e.etype() != Etype.OVERFLOW) {
                    throw e;
                }
                printer.warning("more was logged than could be shown: some lines are missing");
            }
        }
    }

    /** Prints a line, if it is wanted; false if nobody reads any more. */
    private boolean shown(LiveLog.Heard heard, Path jobs, Printer printer) {
        Path job = heard.line().job();
        if (job == null || !job.startsWith(jobs.append(path)) || level(heard).compareTo(least) < 0) {
            return true;
        }
        if (heard.dropped() > 0) {
            printer.warning(heard.node() + " has left out " + heard.dropped() + " lines");
        }
        double time = heard.line().at().toEpochMilli() / 1e3;
        if (printer.format() == Format.json) {
            Map<String, @Nullable Object> shown = new LinkedHashMap<>();
            shown.put("time", time);
            shown.put("_time", printer.dates().text(time));
            shown.put("node", heard.node());
            shown.put("level", heard.line().level());
            shown.put("job", job.below(jobs));
            shown.put("text", heard.line().text());
            return printer.streamed(shown);
        }
        String head = String.format("%-10s %-8s %s", heard.node(), heard.line().level(), job.below(jobs));
        printer.now(printer.dates().text(time) + "  " + head + ": "
                + heard.line().text().replace("\n", "\n  "));
        return !printer.terminal().out().checkError();
    }

    private static Level level(LiveLog.Heard heard) {
        for (Level level : Level.values()) {
            if (level.name().equals(heard.line().level())) {
                return level;
            }
        }
        return Level.ERROR;
    }
}
