package distkv.cli;

import distkv.model.Entry;
import distkv.model.Expectation;
import distkv.model.Path;
import distkv.protocol.Values;
import distkv.schema.BadEntry;
import distkv.schema.job.JobEntry;
import distkv.schema.job.JobId;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Adds or changes a job. */
@Command(
        name = "set",
        description = {
            "Add or change a job: which code runs, with which data, and when.",
            "-v, -e and -p set items of its data, which the code sees as globals; '-e NAME -' deletes one."
        },
        footer = {"", "Example:", "  distkv client run set -c demo.scale -p source room.raw -t 0 scale.room"})
final class RunSet implements Action.OfJobs {
    @Mixin
    Leaf leaf = new Leaf();

    @Mixin
    private Items data = new Items();

    @Mixin
    private When when = new When();

    @Mixin
    private Placing placing = new Placing();

    @Option(
            names = {"-c", "--code"},
            paramLabel = "PATH",
            description = "The procedure to run.")
    private @Nullable Path code;

    @Option(
            names = {"-C", "--copy"},
            paramLabel = "PATH",
            description = "Make a new job like this one, given by its full path (see 'path').")
    private @Nullable Path template;

    @Option(
            names = {"-k", "--ok"},
            paramLabel = "SECONDS",
            description = "A run is well if it lasted this long. Default: 0, the code says so itself.")
    private @Nullable Double ok;

    @Option(
            names = {"-b", "--backoff"},
            paramLabel = "FACTOR",
            description = "How the delay grows with each further error. Default: 1.1.")
    private @Nullable Double backoff;

    @Option(
            names = {"-d", "--delay"},
            paramLabel = "SECONDS",
            description = "Start it again so long after an error. Default: 100.")
    private @Nullable Double delay;

    @Option(
            names = {"-i", "--info"},
            paramLabel = "TEXT",
            description = "One line about it.")
    private @Nullable String info;

    @Parameters(paramLabel = "PATH", description = "The job's name, for example scale.room.")
    private Path path = Path.ROOT;

    @Override
    public int run(Tree tree, JobScope scope, Printer printer) throws InterruptedException {
        Path job = scope.job(tree.config(), path);
        double now = printer.dates().now();
        Tree.Written written = template == null
                ? tree.change(job, old -> Content.of(changed(old, now)))
                : tree.write(job, Content.of(changed(copied(tree, template), now)), Expectation.absent());
        if (code != null && tree.read(Library.procedures(tree.config()).at(code)) == null) {
            printer.warning("there is no procedure " + code + " yet; the job " + path + " fails until there is one");
        }
        printer.wrote(tree, written);
        return 0;
    }

    private static Content copied(Tree tree, Path from) throws InterruptedException {
        Entry entry = tree.read(from);
        Content content = Content.of(entry);
        if (content.value() instanceof Map<?, ?> map && map.containsKey("code")) {
            return content;
        }
        throw new UsageException("--copy " + from + " (expected: the full path of a job, as 'path' prints it)");
    }

    private Map<?, ?> changed(Content old, double now) {
        Map<Object, @Nullable Object> job = new LinkedHashMap<>();
        if (old.value() instanceof Map<?, ?> map) {
            job.putAll(map);
        }
        if (code != null) {
            job.put("code", code);
        } else if (!job.containsKey("code")) {
            throw new UsageException("there is no job " + path + " yet (expected: --code PATH, what it shall run)");
        }
        Map<?, ?> globals = job.get("data") instanceof Map<?, ?> map ? map : Map.of();
        job.put("data", data.applyTo(Content.of(globals)).value());
        put(job, "ok_after", ok);
        put(job, "info", info);
        put(job, "backoff", backoff);
        put(job, "delay", delay);
        when.applyTo(job, now);
        placing.applyTo(job);
        return checked(job);
    }

    /** What a runner would refuse is refused here. */
    private Map<?, ?> checked(Map<?, ?> job) {
        try {
            JobId.check(path);
            JobEntry.read(Values.encode(job));
            return job;
        } catch (BadEntry e) {
            throw new UsageException("job " + path + ": " + e.getMessage(), e);
        }
    }

    private static void put(Map<Object, @Nullable Object> job, String key, @Nullable Object value) {
        if (value != null) {
            job.put(key, value instanceof Double number ? Numbers.whole(number) : value);
        }
    }
}
