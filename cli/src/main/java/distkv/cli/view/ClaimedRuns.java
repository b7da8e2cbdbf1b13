package distkv.cli.view;

import distkv.cli.context.TreeClient;
import distkv.model.Entry;
import distkv.model.Path;
import distkv.schema.job.ClaimEntry;
import distkv.schema.job.JobAddress;
import distkv.schema.job.JobId;
import distkv.schema.job.Kind;
import distkv.schema.job.StateEntry;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * Which jobs run, where, and since when: those that have a claim. A state says so, too, but still says so when its node
 * is gone, and in a restored backup; so commands ask here.
 */
public final class ClaimedRuns {
    /** How often a job that keeps changing is read again. */
    private static final int ATTEMPTS = 100;

    private final TreeClient tree;
    private final Path claims;
    private final Path states;
    private final Map<Path, RunStatus.Running> running = new TreeMap<>();
    /** For each group that was asked about, node and kind of its runners. */
    private final Map<String, Set<Path>> present = new HashMap<>();

    private ClaimedRuns(TreeClient tree) {
        this.tree = tree;
        this.claims = tree.config().prefixes().claims();
        this.states = tree.config().prefixes().states();
    }

    /** All that run. */
    public static ClaimedRuns load(TreeClient tree) throws InterruptedException {
        return load(tree, Path.ROOT);
    }

    /** Those below this path, which is relative to the claims' prefix, and so to that of the states. */
    public static ClaimedRuns load(TreeClient tree, Path part) throws InterruptedException {
        ClaimedRuns runs = new ClaimedRuns(tree);
        for (Entry claim : tree.below(runs.claims.append(part), 0, -1)) {
            Path at = claim.path().tail(runs.claims.length());
            if (!JobId.isStandby(at)) {
                runs.running.put(at, read(claim));
            }
        }
        return runs;
    }

    private static RunStatus.Running read(Entry entry) {
        ClaimEntry claim = ClaimEntry.read(entry.value());
        return claim == null || claim.node().isEmpty()
                ? new RunStatus.Running("?", claim == null ? 0 : claim.started())
                : new RunStatus.Running(claim.node(), claim.started());
    }

    /** By their paths below the prefix of the claims: kind, group and node as the kind has them, and the job's name. */
    public Map<Path, RunStatus.Running> running() {
        return running;
    }

    /**
     * The status of the job with this state. Claims and states are read one after the other, so both are read again if
     * they do not match: a job is lost only if its state was the same before and after its claim was missing.
     */
    public RunStatus of(Entry state) throws InterruptedException {
        Path at = state.path().tail(states.length());
        JobAddress job = JobAddress.ofState(at);
        RunStatus.Running run = running.get(at);
        @Nullable Entry before = state;
        for (int attempt = 0; attempt < ATTEMPTS && run == null; attempt++) {
            String node = node(before);
            if (before == null || node == null || job == null) {
                return new RunStatus.Idle();
            }
            Entry claim = tree.read(claims.append(at));
            run = claim == null ? null : read(claim);
            Entry after = tree.read(before.path());
            if (run == null && after != null && after.tick() == before.tick()) {
                return lost(job, node);
            }
            before = after;
        }
        return run == null ? new RunStatus.Idle() : run;
    }

    private static @Nullable String node(@Nullable Entry state) {
        return state == null ? null : StateEntry.read(state.value()).node();
    }

    private RunStatus.Lost lost(JobAddress job, String node) throws InterruptedException {
        String with = "lost with " + node + ", ";
        if (job.kind() == Kind.ANY) {
            boolean somebody =
                    present(job.group()).stream().anyMatch(runner -> runner.endsWith(Path.of(Kind.ANY.word())));
            return new RunStatus.Lost(
                    node, !somebody, with + (somebody ? "waiting to be taken over" : "there is no runner"));
        }
        boolean back = isPresent(job.group(), node, job.kind());
        return new RunStatus.Lost(node, !back, with + (back ? "waiting to start again" : "which is away"));
    }

    /** Whether there is a runner of this kind on that node of the group. */
    public boolean isPresent(String group, String node, Kind kind) throws InterruptedException {
        return present(group).contains(Path.of(node, kind.word()));
    }

    private Set<Path> present(String group) throws InterruptedException {
        Set<Path> known = present.get(group);
        if (known == null) {
            known = new HashSet<>();
            Path prefix = tree.config().prefixes().presence().child(group);
            for (Entry entry : tree.below(prefix, 2, 2)) {
                known.add(entry.path().tail(prefix.length()));
            }
            present.put(group, known);
        }
        return known;
    }
}
