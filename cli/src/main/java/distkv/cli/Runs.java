package distkv.cli;

import distkv.model.Entry;
import distkv.model.Path;
import distkv.schema.job.JobId;
import distkv.schema.job.Kind;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * Which jobs run, where, and since when: whatever has a claim. A state says that too, but goes on saying so after its
 * node is gone, and in a backup that is restored; so commands ask here.
 */
final class Runs {
    /** How often a job that changes all the time is looked at again. */
    private static final int ATTEMPTS = 100;

    private final Tree tree;
    private final Path claims;
    private final Path states;
    private final Map<Path, Fate.Running> running = new TreeMap<>();
    /** For each group that was asked about, node and kind of its runners. */
    private final Map<String, Set<Path>> present = new HashMap<>();

    private Runs(Tree tree) {
        this.tree = tree;
        this.claims = tree.config().path("runner.claim");
        this.states = tree.config().path("runner.state");
    }

    /** All that run. */
    static Runs load(Tree tree) throws InterruptedException {
        return load(tree, Path.ROOT);
    }

    /** Those below this path, which is relative to the claims' prefix, and so to that of the states. */
    static Runs load(Tree tree, Path part) throws InterruptedException {
        Runs runs = new Runs(tree);
        for (Entry claim : tree.below(runs.claims.append(part), 0, -1)) {
            Path at = claim.path().tail(runs.claims.length());
            if (!JobId.isStandby(at)) {
                runs.running.put(at, read(claim));
            }
        }
        return runs;
    }

    private static Fate.Running read(Entry claim) {
        Map<?, ?> value = Printer.decoded(claim) instanceof Map<?, ?> map ? map : Map.of();
        return new Fate.Running(
                value.get("node") instanceof String node ? node : "?",
                value.get("started") instanceof Number started ? started.doubleValue() : 0);
    }

    /** By their paths below the prefix of the claims: kind, group and node as the kind has them, and the job's name. */
    Map<Path, Fate.Running> running() {
        return running;
    }

    /**
     * What is so with the job of this state. Claims and states are read one after the other, so what does not fit
     * together is read again: a job is lost only if its state was the same before and after its claim was not there.
     */
    Fate of(Entry state) throws InterruptedException {
        Path at = state.path().tail(states.length());
        Fate.Running run = running.get(at);
        @Nullable Entry before = state;
        for (int attempt = 0; attempt < ATTEMPTS && run == null; attempt++) {
            String node = node(before);
            if (before == null || node == null) {
                return new Fate.Idle();
            }
            Entry claim = tree.read(claims.append(at));
            run = claim == null ? null : read(claim);
            Entry after = tree.read(before.path());
            if (run == null && after != null && after.tick() == before.tick()) {
                return lost(at.elements(), node);
            }
            before = after;
        }
        return run == null ? new Fate.Idle() : run;
    }

    private static @Nullable String node(@Nullable Entry state) {
        return state != null
                        && Printer.decoded(state) instanceof Map<?, ?> map
                        && map.get("node") instanceof String node
                ? node
                : null;
    }

    /** Whose group a path is, below the prefix of claims or states; "" if it is too short to have one. */
    static String group(List<Object> at) {
        int where = at.getFirst().equals(Kind.AT.word()) ? 2 : 1;
        return at.size() > where ? String.valueOf(at.get(where)) : "";
    }

    private Fate.Lost lost(List<Object> at, String node) throws InterruptedException {
        String kind = String.valueOf(at.getFirst());
        boolean any = kind.equals(Kind.ANY.word());
        Set<Path> runners = present(group(at));
        String with = "lost with " + node + ", ";
        if (any) {
            boolean somebody = runners.stream().anyMatch(runner -> runner.endsWith(Path.of(kind)));
            return new Fate.Lost(
                    node, !somebody, with + (somebody ? "waiting to be taken over" : "there is no runner"));
        }
        boolean back = runners.contains(Path.of(node, kind));
        return new Fate.Lost(node, !back, with + (back ? "waiting to start again" : "which is away"));
    }

    /** Whether there is a runner of this kind on that node of the group. */
    boolean isPresent(String group, String node, Kind kind) throws InterruptedException {
        return present(group).contains(Path.of(node, kind.word()));
    }

    private Set<Path> present(String group) throws InterruptedException {
        Set<Path> known = present.get(group);
        if (known == null) {
            known = new HashSet<>();
            Path prefix = tree.config().path("runner.presence").child(group);
            for (Entry entry : tree.below(prefix, 2, 2)) {
                known.add(entry.path().tail(prefix.length()));
            }
            present.put(group, known);
        }
        return known;
    }
}
