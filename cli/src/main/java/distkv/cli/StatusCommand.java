package distkv.cli;

import distkv.model.Entry;
import distkv.model.Path;
import distkv.model.Revision;
import distkv.model.Value;
import distkv.protocol.Reply;
import distkv.protocol.Request;
import distkv.protocol.StatePart;
import distkv.protocol.Values;
import distkv.schema.job.Kind;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/** Shows how things are. */
@Command(
        name = "status",
        description = "Show whether the server answers, which runners there are, and how the jobs are doing.",
        footer = {"", "Example:", "  distkv status"})
final class StatusCommand implements Action.Local {
    /** From here on it is time to do something. */
    private static final int WARN_PERCENT = 80;

    @Mixin
    Leaf leaf = new Leaf();

    @Mixin
    private ServerAddress address = new ServerAddress();

    @Override
    public int run(Context context) throws InterruptedException {
        Config config = address.applyTo(context.config());
        try (Tree tree = Tree.connect(config)) {
            Map<String, @Nullable Object> status = new LinkedHashMap<>();
            status.put("server", config.text("connect.host") + ":" + config.port("connect.port"));
            status.put("name", tree.client().greeting().node());
            status.put("tree", tree.name());
            addState(tree, status);
            status.put("runners", runners(tree));
            ErrorRecords errors = ErrorRecords.load(tree);
            status.put("jobs", jobs(tree, errors));
            status.put("errors", (long) errors.open().size());
            context.printer().document(status);
        }
        return 0;
    }

    /** What only our servers say is left out with others. */
    private static void addState(Tree tree, Map<String, @Nullable Object> status) throws InterruptedException {
        Set<StatePart> parts = Set.of(StatePart.ENTRIES, StatePart.MEMORY, StatePart.STORE);
        Reply reply = tree.client().call(false, seq -> new Request.GetState(seq, parts));
        if (reply instanceof Reply.State state) {
            status.put("revision", Revision.ofTick(state.tock()));
            Value entries = state.parts().get(StatePart.ENTRIES);
            if (entries != null) {
                status.put("entries", Values.decode(entries));
            }
            Value memory = state.parts().get(StatePart.MEMORY);
            if (memory != null && Values.decode(memory) instanceof List<?> pair) {
                status.put("memory", memory((Long) pair.get(0), (Long) pair.get(1)));
            }
            Value trouble = state.parts().get(StatePart.STORE);
            if (trouble != null && !trouble.equals(Values.NIL)) {
                status.put("store", Values.decode(trouble));
            }
        }
    }

    /** How full the tree is, with what to do if it soon will be. */
    static String memory(long used, long limit) {
        long percent = limit == 0 ? 100 : 100 * used / limit;
        String text = percent + " % of " + (limit >> 20) + " MiB for the tree";
        return percent < WARN_PERCENT
                ? text
                : text + " (WARNING: at 100 % writes that need more are refused; delete something, or give the server"
                        + " more memory: server.memory)";
    }

    /** For each group its nodes, each with the kinds of jobs that it runs. */
    private static Map<String, Object> runners(Tree tree) throws InterruptedException {
        Path prefix = tree.config().path("runner.presence");
        Map<String, Map<String, List<Object>>> groups = new TreeMap<>();
        for (Entry entry : tree.below(prefix, 3, 3)) {
            List<Object> names = entry.path().tail(prefix.length()).elements();
            groups.computeIfAbsent(String.valueOf(names.get(0)), group -> new TreeMap<>())
                    .computeIfAbsent(String.valueOf(names.get(1)), node -> new ArrayList<>())
                    .add(names.get(2));
        }
        return new LinkedHashMap<>(groups);
    }

    /** How many jobs there are, run on at least one node, are lost and run nowhere, and have failed. */
    private static Map<String, Object> jobs(Tree tree, ErrorRecords errors) throws InterruptedException {
        Runs runs = Runs.load(tree);
        Set<Path> running = new HashSet<>();
        runs.running().keySet().forEach(at -> running.add(job(at)));
        Set<Path> lost = new HashSet<>();
        Path states = tree.config().path("runner.state");
        for (Entry state : tree.below(states, 0, -1)) {
            if (runs.of(state) instanceof Fate.Lost) {
                lost.add(job(state.path().tail(states.length())));
            }
        }
        lost.removeAll(running);
        Map<String, Object> jobs = new LinkedHashMap<>();
        jobs.put("total", (long)
                tree.below(tree.config().path("runner.prefix"), 0, -1).size());
        jobs.put("running", (long) running.size());
        jobs.put("lost", (long) lost.size());
        jobs.put("failed", (long) errors.failedJobs().size());
        return jobs;
    }

    /** The job of a claim or state: for those of all nodes without the node. */
    private static Path job(Path at) {
        return at.startsWith(Path.of(Kind.ALL.word())) && at.length() > 3
                ? at.head(2).append(at.tail(3))
                : at;
    }
}
