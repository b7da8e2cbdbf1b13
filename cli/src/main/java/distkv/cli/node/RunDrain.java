package distkv.cli.node;

import distkv.cli.context.CommandAction;
import distkv.cli.context.JobScope;
import distkv.cli.context.Printer;
import distkv.cli.context.TreeClient;
import distkv.cli.input.FailedException;
import distkv.cli.options.OutputOptions;
import distkv.cli.view.GroupView;
import distkv.client.Watch;
import distkv.client.WatchEvent;
import distkv.model.Entry;
import distkv.model.Path;
import distkv.schema.job.ClaimEntry;
import distkv.schema.job.JobId;
import distkv.schema.job.Kind;
import java.util.HashSet;
import java.util.Set;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Drains a node: jobs for any node move elsewhere. */
@Command(
        name = "drain",
        description = {
            "Drain a node: other nodes take over the jobs for any node that it runs, and it starts no new ones.",
            "Jobs for this node alone, and for all nodes, continue. The command waits until no other jobs are left, and"
                    + " shows how many there are. 'undrain' reverses it."
        },
        footer = {"", "Example:", "  distkv client run -g house drain attic"})
public final class RunDrain implements CommandAction.OfJobs {
    @Mixin
    OutputOptions output = new OutputOptions();

    @Option(
            names = {"--no-wait"},
            description = "Do not wait.")
    private boolean asking;

    @Parameters(paramLabel = "NODE", description = "The node's name.")
    private String node = "";

    @Override
    public int run(TreeClient tree, JobScope scope, Printer printer) throws InterruptedException {
        GroupEditor group = GroupEditor.of(tree, scope, "drain");
        printer.wrote(tree, group.setDrained(node, true));
        if (!GroupView.read(tree, scope.group()).members().containsKey(node)) {
            printer.warning("there is no runner of node " + node + " in group " + scope.group()
                    + " now; it will run no jobs for any node when it joins");
        }
        return asking || isDrained(tree, scope, printer) ? 0 : FailedException.EXIT_CODE;
    }

    /** Waits until no job for any node runs there; false if the client is closed before. */
    private boolean isDrained(TreeClient tree, JobScope scope, Printer printer) throws InterruptedException {
        Path claims = Kind.ANY.states(tree.config().prefixes().claims(), scope.group(), node);
        Set<Path> running = new HashSet<>();
        boolean current = false;
        int told = -1;
        try (Watch watch = tree.watch(claims, true, -1)) {
            for (WatchEvent event = watch.next(); event != null; event = watch.next()) {
                switch (event) {
                    case WatchEvent.Changed(Entry entry) -> {
                        if (runsHere(entry)) {
                            running.add(entry.path());
                        } else {
                            running.remove(entry.path());
                        }
                    }
                    case WatchEvent.UpToDate upToDate -> current = true;
                    case WatchEvent.CutOff(String reason) -> {
                        current = false;
                        printer.warning("disconnected: " + reason);
                    }
                }
                if (current && running.size() != told) {
                    told = running.size();
                    progress(printer, told);
                }
                if (current && running.isEmpty()) {
                    return true;
                }
            }
        }
        return false;
    }

    /** Whether this is the claim of a job that runs there. */
    private boolean runsHere(Entry claim) {
        ClaimEntry read = ClaimEntry.read(claim.value());
        return read != null && node.equals(read.node()) && !JobId.isStandby(claim.path());
    }

    private void progress(Printer printer, int left) {
        String text = switch (left) {
            case 0 -> node + " is drained.";
            case 1 -> node + " runs 1 job for any node …";
            default -> node + " runs " + left + " jobs for any node …";
        };
        printer.remark(text);
        printer.terminal().out().flush();
    }
}
