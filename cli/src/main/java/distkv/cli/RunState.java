package distkv.cli;

import distkv.model.Entry;
import distkv.model.Path;
import distkv.schema.job.Kind;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Shows what became of a job. */
@Command(
        name = "state",
        description = "Show what became of a job; for a job of all nodes, on each of them.",
        footer = {"", "Example:", "  distkv client run state -r scale.room"})
final class RunState implements Action.OfJobs {
    @Mixin
    Leaf leaf = new Leaf();

    @Option(
            names = {"-r", "--result"},
            description = "Print only what it returned.")
    private boolean result;

    @Parameters(paramLabel = "PATH", description = "The job's name, for example scale.room.")
    private Path path = Path.ROOT;

    @Override
    public int run(Tree tree, JobScope scope, Printer printer) throws InterruptedException {
        if (result && printer.metadata()) {
            throw new UsageException("--result excludes --metadata");
        }
        States states = new States(tree, scope, printer);
        Map<Object, Entry> found = states.of(JobScope.named(path));
        if (found.isEmpty()) {
            return printer.nothing("Not found (yet?)");
        } else if (!result) {
            printer.document(states.shown(path));
            return 0;
        }
        Map<Object, @Nullable Object> results = new LinkedHashMap<>();
        found.forEach((node, entry) -> {
            if (Printer.decoded(entry) instanceof Map<?, ?> state && state.containsKey("result")) {
                results.put(node, state.get("result"));
            }
        });
        if (results.isEmpty()) {
            return printer.nothing("No result (yet?)");
        }
        printer.document(scope.kind() == Kind.ALL ? results : results.get(""));
        return 0;
    }
}
