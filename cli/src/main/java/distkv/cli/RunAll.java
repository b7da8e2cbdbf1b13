package distkv.cli;

import distkv.runner.Runner;
import distkv.runner.RunnerOptions;
import distkv.runner.job.Kind;
import java.util.EnumSet;
import java.util.Set;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

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

    @Option(
            names = {"--every-kind"},
            description = "Run all three kinds of job: for any node and for all nodes of the group, and for this node.")
    private boolean every;

    @Override
    public int run(Context context, JobScope scope) throws Exception {
        if (scope.isEvery()) {
            throw new UsageException("-g - (expected: the name of a group; '-' is for 'list' and 'info' only)");
        } else if (place.hasSize() && scope.kind() == Kind.AT) {
            throw new UsageException("--nodes (expected: nothing, since jobs of one node have no group of nodes)");
        }
        if (every && scope.kind() != Kind.ANY) {
            throw new UsageException("--every-kind (expected: no -n, since all kinds are run)");
        }
        String node = scope.kind() == Kind.AT
                ? scope.node()
                : Tree.options(context.config()).name();
        RunnerOptions options =
                place.options(context, node, scope.group(), every ? EnumSet.allOf(Kind.class) : Set.of(scope.kind()));
        try (Lifetime life = new Lifetime();
                Tree tree = Tree.connect(context.config());
                Runner _ = Runner.start(options, tree.client())) {
            context.printer().now("Running.");
            life.await();
        }
        return 0;
    }
}
