package distkv.cli;

import distkv.client.ClientOptions;
import distkv.client.ServerConnectionException;
import distkv.runner.Runner;
import distkv.runner.RunnerOptions;
import distkv.schema.job.Kind;
import java.time.Duration;
import java.util.EnumSet;
import java.util.Set;
import org.jspecify.annotations.Nullable;
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
    private static final Duration BETWEEN_ATTEMPTS = Duration.ofMillis(250);

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
                @Nullable Tree tree = connected(context, life)) {
            if (tree != null) {
                run(options, tree, context, life);
            }
        }
        return 0;
    }

    private static void run(RunnerOptions options, Tree tree, Context context, Lifetime life)
            throws InterruptedException {
        try (Runner _ = Runner.start(options, tree.client())) {
            context.printer().now("Running.");
            life.await();
        }
    }

    /** A runner may be started before its server: it waits, and says so. {@code null}: it was stopped meanwhile. */
    private static @Nullable Tree connected(Context context, Lifetime life) throws InterruptedException {
        boolean told = false;
        while (true) {
            try {
                return Tree.connect(context.config());
            } catch (FailedException e) {
                if (!(e.getCause() instanceof ServerConnectionException cause)) {
                    throw e;
                }
                if (!told) {
                    ClientOptions at = Tree.options(context.config());
                    context.printer()
                            .now("no server at " + at.host() + ":" + at.port() + " yet (" + cause.getMessage()
                                    + "): waiting for it");
                    told = true;
                }
            }
            if (life.await(BETWEEN_ATTEMPTS)) {
                return null;
            }
        }
    }
}
