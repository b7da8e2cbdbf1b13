package distkv.cli.run;

import distkv.cli.context.CommandAction;
import distkv.cli.context.JobScope;
import distkv.cli.context.Printer;
import distkv.cli.context.TreeClient;
import distkv.cli.format.NestedMaps;
import distkv.cli.input.UsageException;
import distkv.cli.options.OutputOptions;
import distkv.cli.view.ErrorRecords;
import distkv.cli.view.GroupNames;
import distkv.cli.view.JobStates;
import distkv.model.Entry;
import distkv.model.Path;
import distkv.schema.job.JobEdit;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Lists jobs. */
@Command(
        name = "list",
        description = "List jobs at and below a path. With 'run -g -': list the groups that have such jobs.",
        footer = {"", "Example:", "  distkv client run list -t :"})
public final class RunList implements CommandAction.OfJobs {
    @Mixin
    OutputOptions output = new OutputOptions();

    @Option(
            names = {"-s", "--state"},
            description = "Add their states.")
    private boolean state;

    @Option(
            names = {"-S", "--state-only"},
            description = "Print only their states.")
    private boolean stateOnly;

    @Option(
            names = {"-t", "--table"},
            description = "One line each: job, code, and the node that runs it, or when it runs next, or how it ended.")
    private boolean table;

    @Option(
            names = {"-d", "--as-dict"},
            paramLabel = "KEY",
            description = "Print maps in maps; KEY is where each job goes. Default: a list.")
    private @Nullable String key;

    @Parameters(paramLabel = "PATH", arity = "0..1", description = "Where to look. Default: everything.")
    private Path path = Path.ROOT;

    @Override
    public int run(TreeClient tree, JobScope scope, Printer printer) throws InterruptedException {
        if (table && (state || stateOnly)) {
            throw new UsageException("--table (expected: no --state and no --state-only beside it)");
        } else if (scope.isEvery()) {
            GroupNames.print(tree, scope, printer);
            return 0;
        }
        Path jobs = scope.jobs(tree.config());
        List<Entry> entries = tree.below(jobs.append(path), 0, -1);
        JobStates states = new JobStates(tree, scope, printer);
        double now = System.currentTimeMillis() / 1e3;
        Map<Path, List<ErrorRecords.RecordedError>> errors =
                table ? ErrorRecords.load(tree).failedJobs() : Map.of();
        NestedMaps nested = key == null ? null : new NestedMaps(key);
        try (Printer.Listing listing = printer.listing(nested == null)) {
            for (Entry entry : entries) {
                Path name = entry.path().tail(jobs.length());
                if (table) {
                    JobEdit job = JobEdit.of(Printer.decoded(entry));
                    boolean paused = job.isPaused();
                    JobTableRow.Status status = new JobTableRow(
                                    scope, states, name, paused, errors.getOrDefault(entry.path(), List.of()), now)
                            .status();
                    Object code = job.code();
                    Map<String, @Nullable Object> row = new LinkedHashMap<>();
                    row.put("job", name);
                    row.put("code", code);
                    row.put("nodes", status.running());
                    row.put("state", status.text());
                    listing.row(name + " " + (code == null ? "-no code-" : code) + " " + status.text(), row);
                } else if (nested != null) {
                    nested.put(name.tail(path.length()), item(printer, tree, states, name, entry));
                } else {
                    listing.item(name, item(printer, tree, states, name, entry));
                }
            }
        }
        if (nested != null) {
            printer.document(nested.map());
        }
        return 0;
    }

    private @Nullable Object item(Printer printer, TreeClient tree, JobStates states, Path name, Entry entry)
            throws InterruptedException {
        if (stateOnly) {
            return states.shown(name);
        }
        Object value = printer.dates().added(Printer.decoded(entry));
        return printer.shown(tree.name(), entry, state ? states.beside(value, name) : value);
    }
}
