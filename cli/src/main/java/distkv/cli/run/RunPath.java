package distkv.cli.run;

import distkv.cli.context.CommandAction;
import distkv.cli.context.JobScope;
import distkv.cli.context.Printer;
import distkv.cli.context.TreeClient;
import distkv.cli.options.OutputOptions;
import distkv.model.Path;
import distkv.schema.job.Kind;
import java.util.LinkedHashMap;
import java.util.Map;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/** Prints where a job is. */
@Command(
        name = "path",
        description = {
            "Print the full paths of a job and its state, for --copy or 'data monitor'.",
            "Never write to the state: it belongs to the runner."
        },
        footer = {"", "Example:", "  distkv client run path scale.room"})
public final class RunPath implements CommandAction.OfJobs {
    @Mixin
    OutputOptions output = new OutputOptions();

    @Mixin
    private JobParameter job = new JobParameter();

    @Override
    public int run(TreeClient tree, JobScope scope, Printer printer) throws InterruptedException {
        Path states = scope.states(tree.config());
        Map<String, Object> paths = new LinkedHashMap<>();
        paths.put("command", job.entry(tree, scope));
        paths.put(
                "state",
                scope.kind() == Kind.ALL ? states.child("NODE").append(job.name()) : states.append(job.name()));
        printer.document(paths);
        return 0;
    }
}
