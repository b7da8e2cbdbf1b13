package distkv.cli.node;

import distkv.cli.context.CommandAction;
import distkv.cli.context.CommandContext;
import distkv.cli.context.JobScope;
import distkv.cli.context.ProcessLifetime;
import distkv.cli.context.ServerLocator;
import distkv.cli.context.TreeClient;
import distkv.cli.input.FailedException;
import distkv.cli.input.UsageException;
import distkv.cli.options.OutputOptions;
import distkv.cli.options.TraceOption;
import distkv.client.Client;
import distkv.client.LogInException;
import distkv.client.ServerConnectionException;
import distkv.client.node.CertificateRenewal;
import distkv.client.node.JoinedNode;
import distkv.runner.Runner;
import distkv.runner.RunnerOptions;
import distkv.runner.accept.SigningMode;
import distkv.schema.job.Kind;
import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** Runs a runner until the process is stopped. */
@Command(
        name = "all",
        description = {
            "Run the jobs of this kind and group until a signal (Ctrl-C, SIGTERM) stops it.",
            "The node's name is connect.name, by default the host name; with 'run -n NODE', it is NODE.",
            "On a machine that has joined, name, groups and labels are those of its invitation, unless others are given."
        },
        footer = {
            "",
            "Examples:",
            "  distkv client run all",
            "  distkv -C connect.name=attic client run -n - -g house all"
        })
public final class RunAll implements CommandAction.Serving {
    private static final Duration BETWEEN_ATTEMPTS = Duration.ofMillis(250);

    @Mixin
    OutputOptions output = new OutputOptions();

    @Mixin
    private RunnerStartOptions place = new RunnerStartOptions();

    @Mixin
    private TraceOption trace = new TraceOption();

    @Option(
            names = {"--every-kind"},
            description =
                    "Run jobs of all three kinds: for any node of the group, for all its nodes, and for this node.")
    private boolean every;

    @Override
    public int run(CommandContext context, JobScope scope) throws Exception {
        if (scope.isEvery()) {
            throw new UsageException("-g - (expected: the name of a group; '-' is for 'list' and 'info' only)");
        } else if (place.hasSize() && scope.kind() == Kind.AT) {
            throw new UsageException("--nodes (expected: nothing, since jobs for one node have no group of nodes)");
        }
        if (every && scope.kind() != Kind.ANY) {
            throw new UsageException("--every-kind (expected: no -n, since all kinds are run)");
        }
        JoinedNode joined = ServerLocator.node(context);
        String node = scope.kind() == Kind.AT ? scope.node() : ServerLocator.nodeName(context);
        List<String> groups =
                joined == null || scope.isGroupGiven() || joined.groups().isEmpty()
                        ? List.of(scope.group())
                        : joined.groups();
        Set<Kind> kinds = every ? EnumSet.allOf(Kind.class) : Set.of(scope.kind());
        List<RunnerOptions> runners = new ArrayList<>();
        for (String group : groups) {
            runners.add(place.options(context, node, group, kinds));
        }
        trace.start(context.terminal());
        try (ProcessLifetime life = new ProcessLifetime()) {
            run(runners, context, joined, life);
        }
        return 0;
    }

    /** Runs a runner for each group, each with a connection of its own. */
    private static void run(
            List<RunnerOptions> runners, CommandContext context, @Nullable JoinedNode joined, ProcessLifetime life)
            throws InterruptedException {
        try (@Nullable TreeClient tree = connected(context, life)) {
            if (tree != null) {
                run(runners, tree, context, joined, life);
            }
        }
    }

    private static void run(
            List<RunnerOptions> runners,
            TreeClient tree,
            CommandContext context,
            @Nullable JoinedNode joined,
            ProcessLifetime life)
            throws InterruptedException {
        AtomicReference<@Nullable LogInException> refused = new AtomicReference<>();
        tree.client().listen(new Client.ConnectionListener() {
            @Override
            public void refused(LogInException why) {
                refused.set(why);
                life.end();
            }
        });
        RunnerOptions options = WorkerAddress.applyTo(runners.getFirst(), tree);
        try (Runner runner = Runner.start(options, tree.client());
                @Nullable
                        CertificateRenewal _ =
                                joined == null ? null : CertificateRenewal.start(joined, tree.client())) {
            if (runners.size() > 1) {
                run(runners.subList(1, runners.size()), context, joined, life);
            } else {
                SigningMode signing = options.policy().signing();
                context.printer()
                        .now("Running. Sandbox of the code: " + runner.sandbox() + "."
                                + (signing == SigningMode.OFF ? "" : " Signed code: " + signing.word() + "."));
                life.await();
            }
        }
        LogInException why = refused.get();
        if (why != null) {
            throw new FailedException(String.valueOf(why.getMessage()), why);
        }
    }

    /** Waits for the server, which may be started after the runner; {@code null} if the process is stopped meanwhile. */
    private static @Nullable TreeClient connected(CommandContext context, ProcessLifetime life)
            throws InterruptedException {
        boolean told = false;
        while (true) {
            try {
                return TreeClient.connect(context);
            } catch (FailedException e) {
                if (!(e.getCause() instanceof ServerConnectionException cause)) {
                    throw e;
                }
                if (!told) {
                    String none = String.valueOf(e.getMessage()).replaceFirst(" \\(.*", "");
                    context.printer().now(none + " yet (" + cause.getMessage() + "): waiting for it");
                    told = true;
                }
            }
            if (life.await(BETWEEN_ATTEMPTS)) {
                return null;
            }
        }
    }
}
