package distkv.cli.ops;

import distkv.cli.context.CommandAction;
import distkv.cli.context.CommandContext;
import distkv.cli.context.JobScope;
import distkv.cli.context.ProcessLifetime;
import distkv.cli.context.TreeClient;
import distkv.cli.copy.CopyServer;
import distkv.cli.node.RunnerStartOptions;
import distkv.cli.node.WorkerAddress;
import distkv.cli.options.HelpOption;
import distkv.cli.options.TraceOption;
import distkv.runner.Runner;
import distkv.runner.RunnerOptions;
import distkv.runner.worker.PythonCommand;
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
            "Run a server and a runner in one process until a signal (Ctrl-C, SIGTERM) stops it.",
            "The runner runs the jobs for any node and for all nodes of its group, and those for this node."
        },
        footer = {"", "Example:", "  distkv up"})
public final class UpCommand implements CommandAction.Local {
    @Mixin
    private ServerStartOptions place = new ServerStartOptions();

    @Mixin
    private RunnerStartOptions runnerPlace = new RunnerStartOptions();

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
    public int run(CommandContext context) throws Exception {
        trace.start(context.terminal());
        String node = place.name(context.config());
        String inGroup = group == null ? JobScope.DEFAULT_GROUP : group;
        try (ProcessLifetime life = new ProcessLifetime();
                Server server = place.start(context, life::end)) {
            CommandContext here = context.with(place.reach(server, context.config()));
            RunnerOptions options = runnerPlace.options(here, node, inGroup, EnumSet.allOf(Kind.class));
            PythonCommand python = options.python();
            options = options.python(python.withSandbox(python.sandbox().hiding(place.data(context))));
            try (TreeClient tree = TreeClient.connect(here);
                    Runner runner = Runner.start(WorkerAddress.applyTo(options, tree), tree.client())) {
                context.printer().now(place.report(context, server));
                context.printer()
                        .now("running jobs of group " + inGroup + " as node " + node + ", sandbox: "
                                + runner.sandbox());
                life.await();
            }
        }
        CopyServer.checkIsMain(place.data(context));
        return 0;
    }
}
