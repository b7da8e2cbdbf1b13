package distkv.cli.join;

import distkv.cli.context.CommandAction;
import distkv.cli.context.CommandContext;
import distkv.cli.context.Printer;
import distkv.cli.context.TreeClient;
import distkv.cli.format.Columns;
import distkv.cli.format.OutputFormat;
import distkv.cli.options.OutputOptions;
import distkv.cli.options.ServerAddress;
import distkv.protocol.Reply;
import distkv.protocol.Request;
import distkv.protocol.Values;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/** Lists the nodes. */
@Command(
        name = "list",
        description = {
            "List the nodes that have joined or been invited: the groups and labels of each, since when it is a node, when"
                    + " it was connected last, and until when its certificate or invitation is valid."
        },
        footer = {"", "Example:", "  distkv node list"})
public final class NodeList implements CommandAction.Local {
    private static final List<String> HEAD =
            List.of("NODE", "STATE", "GROUPS", "LABELS", "JOINED", "SEEN", "VALID UNTIL", "INVITED BY");
    private static final DateTimeFormatter DATE =
            DateTimeFormatter.ofPattern("yyyy-MM-dd HH:mm").withZone(ZoneOffset.UTC);

    @Mixin
    OutputOptions output = new OutputOptions();

    @Mixin
    private ServerAddress server = new ServerAddress();

    @Override
    public int run(CommandContext context) throws InterruptedException {
        Printer printer = context.printer();
        try (TreeClient tree = TreeClient.connect(context.with(server.applyTo(context.config())))) {
            Reply reply = tree.client().call(false, Request.ListNodes::new);
            Object nodes = reply instanceof Reply.Result result ? Values.decode(result.result()) : List.of();
            if (printer.isFormatGiven() || printer.format() == OutputFormat.json || !(nodes instanceof List<?> list)) {
                printer.document(nodes);
                return 0;
            }
            if (list.isEmpty()) {
                printer.nothing("no node has joined", "'distkv node invite NAME' invites one");
                return 0;
            }
            double now = context.terminal().clock().millis() / 1e3;
            List<List<String>> rows = new ArrayList<>(List.of(HEAD));
            for (Object each : list) {
                if (each instanceof Map<?, ?> node) {
                    rows.add(row(node, now));
                }
            }
            Columns.lines(rows).forEach(printer::line);
        }
        return 0;
    }

    private static List<String> row(Map<?, ?> node, double now) {
        double seen = number(node.get("seen"));
        return List.of(
                String.valueOf(node.get("name")),
                String.valueOf(node.get("state")),
                words(node.get("groups")),
                words(node.get("labels")),
                date(node.get("joined")),
                seen == 0 ? "-" : "connected".equals(node.get("state")) ? "now" : Columns.duration(now - seen) + " ago",
                date(node.get("until")),
                String.valueOf(node.get("by")));
    }

    private static String words(@Nullable Object list) {
        return list instanceof List<?> words && !words.isEmpty()
                ? words.stream().map(String::valueOf).collect(Collectors.joining(","))
                : "-";
    }

    private static double number(@Nullable Object value) {
        return value instanceof Number number ? number.doubleValue() : 0;
    }

    private static String date(@Nullable Object unix) {
        double seconds = number(unix);
        return seconds == 0 ? "-" : DATE.format(Instant.ofEpochMilli(Math.round(seconds * 1e3)));
    }
}
