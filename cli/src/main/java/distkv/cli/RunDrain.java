package distkv.cli;

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

/** Takes the jobs for any node away from a node. */
@Command(
        name = "drain",
        description = {
            "Let a node run no more jobs for any node: others take over those that it runs, and it takes no new ones.",
            "Jobs for this node alone, and for all nodes, go on. It waits until the last one has left, and says how"
                    + " many there are. 'undrain' ends it."
        },
        footer = {"", "Example:", "  distkv client run -g house drain attic"})
final class RunDrain implements Action.OfJobs {
    @Mixin
    Leaf leaf = new Leaf();

    @Option(
            names = {"--no-wait"},
            description = "Do not wait.")
    private boolean asking;

    @Parameters(paramLabel = "NODE", description = "The node's name.")
    private String node = "";

    @Override
    public int run(Tree tree, JobScope scope, Printer printer) throws InterruptedException {
        GroupEntry group = GroupEntry.of(tree, scope, "drain");
        printer.wrote(tree, group.drain(node));
        if (!GroupView.read(tree, scope.group()).members().containsKey(node)) {
            printer.warning("there is no runner of node " + node + " in group " + scope.group()
                    + " at present; it will take no jobs for any node when it comes");
        }
        return asking || isDrained(tree, scope, printer) ? 0 : Failure.FAILED;
    }

    /** Waits until nothing runs there; false if the client is closed before. */
    private boolean isDrained(Tree tree, JobScope scope, Printer printer) throws InterruptedException {
        Path claims = Kind.ANY.states(tree.config().path("runner.claim"), scope.group(), node);
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
                        printer.warning("cut off: " + reason);
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
