package distkv.cli;

import distkv.model.Entry;
import distkv.model.Expectation;
import distkv.model.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Removes a job. */
@Command(
        name = "delete",
        description = "Delete a job and its state. One that runs is only told to stop, unless -f is given.",
        footer = {"", "Example:", "  distkv client run delete scale.room"})
final class RunDelete implements Action.OfJobs {
    @Mixin
    Leaf leaf = new Leaf();

    @Option(
            names = {"-f", "--force"},
            description = "Delete it even if it runs.")
    private boolean force;

    @Parameters(paramLabel = "PATH", description = "The job's name, for example scale.room.")
    private Path path = Path.ROOT;

    @Override
    public int run(Tree tree, JobScope scope, Printer printer) throws InterruptedException {
        Path job = scope.job(tree.config(), path);
        if (tree.read(job) == null) {
            return printer.nothing("Does not exist.");
        }
        Map<Object, Entry> states = new States(tree, scope, printer).of(path);
        boolean running = states.values().stream().anyMatch(RunDelete::isRunning);
        if (running && !force) {
            tree.change(job, RunDelete::withoutTarget);
            return printer.nothing("Still running, not deleted: it is told to stop. Try again, or use --force.");
        }
        Tree.Written written = tree.write(job, Content.NONE, Expectation.anything());
        for (Entry state : states.values()) {
            tree.write(state.path(), Content.NONE, Expectation.anything());
        }
        printer.wrote(tree, written);
        if (!printer.metadata()) {
            printer.remark(running ? "Deleted (unclean!)." : "Deleted.");
        }
        return 0;
    }

    private static boolean isRunning(Entry state) {
        return Printer.decoded(state) instanceof Map<?, ?> map && map.get("node") != null;
    }

    private static Content withoutTarget(Content job) {
        if (!(job.value() instanceof Map<?, ?> map)) {
            return job;
        }
        Map<Object, @Nullable Object> changed = new LinkedHashMap<>(map);
        changed.put("target", null);
        return Content.of(changed);
    }
}
