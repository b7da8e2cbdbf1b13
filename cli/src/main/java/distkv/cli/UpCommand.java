package distkv.cli;

import distkv.runner.Runner;
import distkv.runner.RunnerOptions;
import distkv.schema.job.Kind;
import distkv.server.Server;
import java.util.EnumSet;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** Runs a server and a runner in one process until it is stopped. */
@Command(
        name = "up",
        description = {
            "Run a server and a runner in one process, until it is stopped by a signal (Ctrl-C, SIGTERM).",
            "The runner takes the jobs for any node and for all nodes of its group, and those for this node."
        },
        footer = {"", "Example:", "  distkv up"})
final class UpCommand implements Action.Local {
    @Mixin
    private ServerPlace place = new ServerPlace();

    @Mixin
    private RunnerPlace runnerPlace = new RunnerPlace();

    @Option(
            names = {"-g", "--group"},
            paramLabel = "GROUP",
            description = "The runner's group of nodes. Default: default.")
    private @Nullable String group;

    @Mixin
    private TraceOption trace = new TraceOption();

    @Mixin
    HelpOption help = new HelpOption();

    @Override
    public int run(Context context) throws Exception {
        trace.start(context.terminal());
        String node = place.name(context.config());
        String inGroup = group == null ? JobScope.DEFAULT_GROUP : group;
        try (Lifetime life = new Lifetime();
                Server server = place.start(context)) {
            Config config = Bind.at(server).applyTo(context.config());
            Context here = new Context(context.terminal(), config, context.printer(), context.verbosity());
            RunnerOptions options = runnerPlace.options(here, node, inGroup, EnumSet.allOf(Kind.class));
            try (Tree tree = Tree.connect(config);
                    Runner _ = Runner.start(options, tree.client())) {
                context.printer().now(place.report(context, server));
                context.printer().now("running jobs of group " + inGroup + " as node " + node);
                life.await();
            }
        }
        return 0;
    }
}
