package distkv.cli;

import distkv.model.Path;
import distkv.schema.job.Kind;
import java.util.LinkedHashMap;
import java.util.Map;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;

/** Prints where a job is. */
@Command(
        name = "path",
        description = {
            "Print the full paths of a job and its state, for --copy or 'data monitor'.",
            "Never write to the state: it belongs to the runner."
        },
        footer = {"", "Example:", "  distkv client run path scale.room"})
final class RunPath implements Action.OfJobs {
    @Mixin
    Leaf leaf = new Leaf();

    @Parameters(paramLabel = "PATH", description = "The job's name, for example scale.room.")
    private Path path = Path.ROOT;

    @Override
    public int run(Tree tree, JobScope scope, Printer printer) throws InterruptedException {
        Path states = scope.states(tree.config());
        Map<String, Object> paths = new LinkedHashMap<>();
        paths.put("command", scope.job(tree.config(), path));
        paths.put("state", scope.kind() == Kind.ALL ? states.child("NODE").append(path) : states.append(path));
        printer.document(paths);
        return 0;
    }
}
