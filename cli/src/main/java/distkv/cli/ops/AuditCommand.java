package distkv.cli.ops;

import distkv.access.audit.AuditLine;
import distkv.access.audit.AuditReader;
import distkv.cli.context.CommandAction;
import distkv.cli.context.CommandContext;
import distkv.cli.context.Printer;
import distkv.cli.format.OutputFormat;
import distkv.cli.input.FailedException;
import distkv.cli.input.TextFile;
import distkv.cli.input.UsageException;
import distkv.cli.options.OutputOptions;
import distkv.model.PathSyntaxException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Shows the audit log of the server on this machine. */
@Command(
        name = "audit",
        description = {
            "Show who has logged in, was denied something, or changed rights, code or jobs: one line each, with the time"
                    + " (UTC), what was done, who did it, from which address, the path and the result.",
            "The log is in the server's data directory, which only its owner can read. The server need not be running."
        },
        footer = {"", "Examples:", "  distkv audit --since 2h", "  distkv audit -f --user anna :.distkv.code"})
public final class AuditCommand implements CommandAction.Local {
    private static final Path SYSTEM = Path.of("/var/lib/distkv");
    private static final Pattern AGO = Pattern.compile("(\\d{1,9})([smhd])");
    private static final Pattern TIME =
            Pattern.compile("\\d{4}-\\d\\d(-\\d\\d(T\\d\\d(:\\d\\d(:\\d\\d(\\.\\d+)?)?)?Z?)?)?");
    private static final long PAUSE_MILLIS = 200;

    @Mixin
    OutputOptions output = new OutputOptions();

    @Option(
            names = {"-f", "--follow"},
            description = "Go on with what happens from now on, until it is stopped.")
    private boolean follow;

    @Option(
            names = {"--user"},
            paramLabel = "NAME",
            description = "Only what this user did, or 'token NAME', 'node NAME', 'run JOB@NODE'.")
    private @Nullable String user;

    @Option(
            names = {"--since"},
            paramLabel = "TIME",
            description = "Only from then on: a time such as 2026-12-01T04:00 (UTC), or 30s, 15m, 2h, 7d ago.")
    private @Nullable String since;

    @Option(
            names = {"--data"},
            paramLabel = "DIR",
            description = "The data directory. Default: server.data, ~/.local/share/distkv, /var/lib/distkv.")
    private @Nullable Path data;

    @Parameters(arity = "0..1", paramLabel = "PATH", description = "Only what is about this path, or is below it.")
    private distkv.model.@Nullable Path path;

    @Override
    public int run(CommandContext context) throws Exception {
        String from =
                since == null ? "" : begin(since, context.printer().dates().now());
        Printer printer = context.printer();
        Path directory = directory(context);
        try (AuditReader reader = new AuditReader(directory)) {
            while (true) {
                List<AuditLine> lines = reader.read();
                for (AuditLine line : lines) {
                    if (isWanted(line, from) && !print(printer, line)) {
                        return 0;
                    }
                }
                if (lines.isEmpty()) {
                    printer.terminal().out().flush();
                    if (!follow) {
                        return 0;
                    }
                    Thread.sleep(PAUSE_MILLIS);
                }
            }
        } catch (IOException e) {
            throw new FailedException("the audit log in " + directory + " cannot be read: " + TextFile.reason(e), e)
                    .withHint("it is for the user that the server runs as: 'sudo -u USER distkv audit', or as root");
        }
    }

    private static boolean print(Printer printer, AuditLine line) {
        printer.line(printer.format() == OutputFormat.json ? line.toJson() : line.toText());
        return !printer.terminal().out().checkError();
    }

    private Path directory(CommandContext context) {
        String configured = context.config().text("server.data");
        List<Path> places = data != null
                ? List.of(data)
                : configured != null
                        ? List.of(Path.of(configured))
                        : List.of(context.terminal().dataDirectory(), SYSTEM);
        for (Path place : places) {
            if (Files.isDirectory(place.resolve(AuditReader.DIRECTORY))) {
                return place;
            }
        }
        throw new FailedException("no audit log in " + places.getFirst()
                        + " (expected: the data directory of a server, readable for this user)")
                .withHint("on the server's machine, as the user that it runs as: distkv audit --data DIR");
    }

    /** The time from which on lines are wanted, as they have it, or its beginning. */
    private static String begin(String text, double now) {
        Matcher ago = AGO.matcher(text);
        if (ago.matches()) {
            long count = Long.parseLong(ago.group(1));
            Duration back = switch (ago.group(2)) {
                case "s" -> Duration.ofSeconds(count);
                case "m" -> Duration.ofMinutes(count);
                case "h" -> Duration.ofHours(count);
                default -> Duration.ofDays(count);
            };
            return Instant.ofEpochMilli((long) (now * 1e3)).minus(back).toString();
        }
        if (TIME.matcher(text).matches()) {
            // Lines have more digits before their Z.
            return text.replace("Z", "");
        }
        throw new UsageException(
                "--since " + text + " (expected: 30s, 15m, 2h, 7d, or a time such as 2026-12-01T04:00)");
    }

    private boolean isWanted(AuditLine line, String from) {
        return line.time().compareTo(from) >= 0 && isOfUser(line) && (path == null || isBelow(line.path(), path));
    }

    /** A run is meant by its job and node, too, without the numbers behind them. */
    private boolean isOfUser(AuditLine line) {
        return user == null || line.who().equals(user) || line.who().startsWith(user + "#");
    }

    private static boolean isBelow(String text, distkv.model.Path top) {
        try {
            return !text.isEmpty() && distkv.model.Path.parse(text).startsWith(top);
        } catch (PathSyntaxException e) {
            return false;
        }
    }
}
