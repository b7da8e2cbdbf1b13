package distkv.cli.run;

import distkv.cli.context.CommandAction;
import distkv.cli.context.JobScope;
import distkv.cli.context.Printer;
import distkv.cli.context.TreeClient;
import distkv.cli.input.UsageException;
import distkv.cli.options.OutputOptions;
import distkv.cli.view.JobStates;
import distkv.model.Entry;
import distkv.model.Value;
import distkv.protocol.Values;
import distkv.schema.job.Kind;
import distkv.schema.job.StateEntry;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** Shows what became of a job. */
@Command(
        name = "state",
        description = "Show the state of a job; for a job for all nodes, that on each of them.",
        footer = {"", "Example:", "  distkv client run state -r scale.room"})
public final class RunState implements CommandAction.OfJobs {
    @Mixin
    OutputOptions output = new OutputOptions();

    @Option(
            names = {"-r", "--result"},
            description = "Print only its result.")
    private boolean result;

    @Mixin
    private JobParameter job = new JobParameter();

    @Override
    public int run(TreeClient tree, JobScope scope, Printer printer) throws InterruptedException {
        if (result && printer.metadata()) {
            throw new UsageException("--result (expected: no --metadata beside it)");
        }
        JobStates states = new JobStates(tree, scope, printer);
        Map<Object, Entry> found = states.of(job.name());
        if (found.isEmpty()) {
            return printer.nothing("Not found (yet?)");
        } else if (!result) {
            printer.document(states.shown(job.name()));
            return 0;
        }
        Map<Object, @Nullable Object> results = new LinkedHashMap<>();
        found.forEach((node, entry) -> {
            Value returned = StateEntry.read(entry.value()).result();
            if (returned != null) {
                results.put(node, Values.decode(returned));
            }
        });
        if (results.isEmpty()) {
            return printer.nothing("No result (yet?)");
        }
        printer.document(scope.kind() == Kind.ALL ? results : results.get(""));
        return 0;
    }
}
