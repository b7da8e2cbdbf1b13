package distkv.cli;

import distkv.runner.Runner;
import distkv.runner.RunnerOptions;
import distkv.runner.job.Kind;
import java.util.Set;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/** Runs a runner until the process is stopped. */
@Command(
        name = "all",
        description = {
            "Run the jobs of this kind and group, until it is stopped by a signal (Ctrl-C, SIGTERM).",
            "This node is called connect.name, by default the name of this machine; with 'run -n NODE' it is NODE."
        },
        footer = {
            "",
            "Examples:",
            "  distkv client run all",
            "  distkv -C connect.name=attic client run -n - -g house all"
        })
final class RunAll implements Action.Serving {
    @Mixin
    Leaf leaf = new Leaf();

    @Mixin
    private RunnerPlace place = new RunnerPlace();

    @Override
    public int run(Context context, JobScope scope) throws Exception {
        if (scope.isEvery()) {
            throw new UsageException("-g - (expected: the name of a group; '-' is for 'list' and 'info' only)");
        } else if (place.hasSize() && scope.kind() == Kind.AT) {
            throw new UsageException("--nodes (expected: nothing, since jobs of one node have no group of nodes)");
        }
        String node = scope.kind() == Kind.AT
                ? scope.node()
                : Tree.options(context.config()).name();
        RunnerOptions options = place.options(context, node, scope.group(), Set.of(scope.kind()));
        try (Lifetime life = new Lifetime();
                Tree tree = Tree.connect(context.config());
                Runner _ = Runner.start(options, tree.client())) {
            context.printer().now("Running.");
            life.await();
        }
        return 0;
    }
}
