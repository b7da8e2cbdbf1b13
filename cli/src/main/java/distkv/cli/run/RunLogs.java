package distkv.cli.run;

import distkv.cli.context.CommandAction;
import distkv.cli.context.JobScope;
import distkv.cli.context.Printer;
import distkv.cli.context.TreeClient;
import distkv.cli.format.OutputFormat;
import distkv.cli.options.OutputOptions;
import distkv.client.ClientException;
import distkv.client.Monitor;
import distkv.client.ReceivedMessage;
import distkv.model.Path;
import distkv.protocol.Etype;
import distkv.runner.LiveLog;
import distkv.schema.group.LogTopic;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Shows what jobs log, as it happens. */
@Command(
        name = "logs",
        description = {
            "Show what jobs log and print from now on, on every node, until it is stopped: one line each, with the time,"
                    + " the node and the level; with '-o json', one document each."
        },
        footer = {"", "Examples:", "  distkv client run logs scale.room", "  distkv client run logs -l WARNING"})
public final class RunLogs implements CommandAction.OfJobs {
    /** The levels in the order of Python. */
    private enum Level {
        DEBUG,
        INFO,
        WARNING,
        ERROR,
        CRITICAL
    }

    @Mixin
    OutputOptions output = new OutputOptions();

    @Option(
            names = {"-l", "--level"},
            paramLabel = "LEVEL",
            defaultValue = "DEBUG",
            description = "Only this level and higher ones: ${COMPLETION-CANDIDATES}.")
    private Level least = Level.DEBUG;

    @Parameters(
            arity = "0..1",
            paramLabel = "PATH",
            description = "Only jobs at and below this name. Default: all of this kind and group.")
    private Path path = Path.ROOT;

    @Override
    public int run(TreeClient tree, JobScope scope, Printer printer) throws InterruptedException {
        Path jobs = scope.jobs(tree.config());
        boolean reading = true;
        try (Monitor monitor = tree.monitor(LogTopic.of(scope.group()))) {
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
            printer.warning(heard.node() + ": " + heard.dropped() + " lines are missing");
        }
        double time = heard.line().at().toEpochMilli() / 1e3;
        if (printer.format() == OutputFormat.json) {
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
