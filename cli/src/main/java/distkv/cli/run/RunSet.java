package distkv.cli.run;

import distkv.cli.context.CodeLibrary;
import distkv.cli.context.CommandAction;
import distkv.cli.context.EntryContent;
import distkv.cli.context.JobScope;
import distkv.cli.context.Printer;
import distkv.cli.context.TreeClient;
import distkv.cli.input.UsageException;
import distkv.cli.options.OutputOptions;
import distkv.cli.options.ValueOptions;
import distkv.model.Expectation;
import distkv.model.Path;
import distkv.schema.BadEntry;
import distkv.schema.job.JobEdit;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** Adds or changes a job. */
@Command(
        name = "set",
        description = {
            "Add or change a job: which code runs, with which data, and when.",
            "-v, -e and -p set items of its data, which the code sees as globals; '-e NAME -' deletes one."
        },
        footer = {"", "Example:", "  distkv client run set -c demo.scale -p source room.raw -t 0 scale.room"})
public final class RunSet implements CommandAction.OfJobs {
    @Mixin
    OutputOptions output = new OutputOptions();

    @Mixin
    private ValueOptions data = new ValueOptions();

    @Mixin
    private ScheduleOptions schedule = new ScheduleOptions();

    @Mixin
    private PlacementOptions placement = new PlacementOptions();

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
            description = "A run counts as successful after this time. Default: 0, only the code says so.")
    private @Nullable Double ok;

    @Option(
            names = {"-b", "--backoff"},
            paramLabel = "FACTOR",
            description = "Multiply the delay by this for each further error. Default: 1.1.")
    private @Nullable Double backoff;

    @Option(
            names = {"-d", "--delay"},
            paramLabel = "SECONDS",
            description = "Start it again this long after an error. Default: 100.")
    private @Nullable Double delay;

    @Option(
            names = {"-i", "--info"},
            paramLabel = "TEXT",
            description = "One line about it.")
    private @Nullable String info;

    @Option(
            names = {"--as"},
            paramLabel = "NAME",
            description = "Have it act as this user, or 'token NAME', whose rights must be within yours; '-': as"
                    + " yourself. Default: a new job acts as whoever makes it.")
    private @Nullable String as;

    @Mixin
    private JobParameter job = new JobParameter();

    @Override
    public int run(TreeClient tree, JobScope scope, Printer printer) throws InterruptedException {
        Path entry = job.entry(tree, scope);
        double now = printer.dates().now();
        TreeClient.Written written = template == null
                ? tree.change(entry, old -> EntryContent.of(changed(old, now)))
                : tree.write(entry, EntryContent.of(changed(copied(tree, template), now)), Expectation.absent());
        if (code != null && tree.read(CodeLibrary.procedures(tree.config()).at(code)) == null) {
            printer.warning("there is no procedure " + code + " yet; the job " + job + " fails until there is one");
        }
        printer.wrote(tree, written);
        return 0;
    }

    private static EntryContent copied(TreeClient tree, Path from) throws InterruptedException {
        JobEdit edit = JobEdit.of(EntryContent.of(tree.read(from)).value());
        if (edit.hasCode()) {
            edit.as(JobEdit.WRITER);
            return EntryContent.of(edit.entry());
        }
        throw new UsageException("--copy " + from + " (expected: the full path of a job, as 'path' prints it)");
    }

    private Map<?, ?> changed(EntryContent old, double now) {
        JobEdit edit = JobEdit.of(old.value());
        if (code != null) {
            edit.code(code);
        } else if (!edit.hasCode()) {
            throw new UsageException("there is no job " + job + " yet (expected: --code PATH, the procedure to run)");
        }
        edit.data(data.applyTo(EntryContent.of(edit.data())).value());
        if (as != null) {
            edit.as(as);
        }
        if (ok != null) {
            edit.okAfter(ok);
        }
        if (info != null) {
            edit.info(info);
        }
        if (backoff != null) {
            edit.backoff(backoff);
        }
        if (delay != null) {
            edit.delay(delay);
        }
        try {
            schedule.applyTo(edit, now);
            placement.applyTo(edit);
            return edit.entry(job.name());
        } catch (BadEntry e) {
            throw new UsageException("job " + job + ": " + e.getMessage(), e);
        }
    }
}
