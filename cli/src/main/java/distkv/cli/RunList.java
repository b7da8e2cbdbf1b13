package distkv.cli;

import distkv.model.Entry;
import distkv.model.Path;
import distkv.runner.job.Placement;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
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
final class RunList implements Action.OfJobs {
    @Mixin
    Leaf leaf = new Leaf();

    @Option(
            names = {"-s", "--state"},
            description = "Add what became of them.")
    private boolean state;

    @Option(
            names = {"-S", "--state-only"},
            description = "Print only what became of them.")
    private boolean stateOnly;

    @Option(
            names = {"-t", "--table"},
            description = "One line each: job, code, and the node that runs it, or how it ended.")
    private boolean table;

    @Option(
            names = {"-d", "--as-dict"},
            paramLabel = "KEY",
            description = "Print maps in maps; KEY is where each job goes. Default: a list.")
    private @Nullable String key;

    @Parameters(paramLabel = "PATH", arity = "0..1", description = "Where to look. Default: everything.")
    private Path path = Path.ROOT;

    @Override
    public int run(Tree tree, JobScope scope, Printer printer) throws InterruptedException {
        if (table && (state || stateOnly)) {
            throw new UsageException("--table excludes --state and --state-only");
        } else if (scope.isEvery()) {
            Groups.print(tree, scope, printer);
            return 0;
        }
        Path jobs = scope.jobs(tree.config());
        List<Entry> entries = tree.below(jobs.append(path), 0, -1);
        States states = new States(tree, scope, printer);
        Map<Path, String> errors = table ? ErrorRecords.load(tree).unresolvedRuns() : Map.of();
        Nested nested = key == null ? null : new Nested(key);
        try (Printer.Listing listing = printer.listing(nested == null)) {
            for (Entry entry : entries) {
                Path name = entry.path().tail(jobs.length());
                if (table) {
                    Object code = code(entry);
                    String fate = fate(states.of(name), Paused.is(Content.of(entry)), errors.get(entry.path()));
                    Map<String, @Nullable Object> row = new LinkedHashMap<>();
                    row.put("job", name);
                    row.put("code", code);
                    row.put("state", fate);
                    listing.row(name + " " + (code == null ? "-no code-" : code) + " " + fate, row);
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

    private @Nullable Object item(Printer printer, Tree tree, States states, Path name, Entry entry)
            throws InterruptedException {
        if (stateOnly) {
            return states.shown(name);
        }
        Object value = printer.dates().added(Printer.decoded(entry));
        return printer.shown(tree.name(), entry, state ? states.beside(value, name) : value);
    }

    private static @Nullable Object code(Entry job) {
        return Printer.decoded(job) instanceof Map<?, ?> map ? map.get("code") : null;
    }

    private static String fate(Map<Object, Entry> states, boolean paused, @Nullable String error) {
        Map<Object, Object> running = new LinkedHashMap<>();
        states.forEach((node, entry) -> {
            if (Printer.decoded(entry) instanceof Map<?, ?> state && state.get("node") != null) {
                running.put(node, state.get("node"));
            }
        });
        if (!running.isEmpty()) {
            return running.values().stream().map(String::valueOf).collect(Collectors.joining(","));
        }
        if (paused) {
            return "-paused-";
        }
        if (error != null) {
            return error;
        }
        for (Entry state : states.values()) {
            if (Printer.decoded(state) instanceof Map<?, ?> map
                    && map.get("reason") instanceof String reason
                    && Placement.refused(reason)) {
                return "-" + reason + "-";
            }
        }
        return states.isEmpty() ? "-never-" : "-stopped-";
    }
}
