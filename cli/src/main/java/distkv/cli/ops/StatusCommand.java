package distkv.cli.ops;

import distkv.cli.config.Config;
import distkv.cli.context.CommandAction;
import distkv.cli.context.CommandContext;
import distkv.cli.context.TreeClient;
import distkv.cli.options.OutputOptions;
import distkv.cli.options.ServerAddress;
import distkv.cli.view.ClaimedRuns;
import distkv.cli.view.ErrorRecords;
import distkv.cli.view.RefusedJobs;
import distkv.cli.view.RunStatus;
import distkv.model.Entry;
import distkv.model.Path;
import distkv.model.Revision;
import distkv.model.Value;
import distkv.protocol.Reply;
import distkv.protocol.Request;
import distkv.protocol.StatePart;
import distkv.protocol.Values;
import distkv.schema.Prefixes;
import distkv.schema.job.JobAddress;
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

/** Shows the state of the server, its runners and its jobs. */
@Command(
        name = "status",
        description =
                "Show whether the server answers, which runners there are, and how many jobs run, are lost, or failed.",
        footer = {"", "Example:", "  distkv status"})
public final class StatusCommand implements CommandAction.Local {
    /** From this percentage on, a warning is printed. */
    private static final int WARN_PERCENT = 80;

    @Mixin
    OutputOptions output = new OutputOptions();

    @Mixin
    private ServerAddress address = new ServerAddress();

    @Override
    public int run(CommandContext context) throws InterruptedException {
        Config config = address.applyTo(context.config());
        try (TreeClient tree = TreeClient.connect(context.with(config))) {
            Map<String, @Nullable Object> status = new LinkedHashMap<>();
            status.put("server", tree.server().address());
            status.put("name", tree.client().greeting().node());
            status.put("tree", tree.name());
            addState(tree, status);
            status.put("runners", runners(tree));
            status.put("sandboxes", sandboxes(tree));
            Map<String, Map<Path, String>> refused = RefusedJobs.load(tree);
            if (!refused.isEmpty()) {
                status.put("refused", refused);
            }
            ErrorRecords errors = ErrorRecords.load(tree);
            status.put("jobs", jobs(tree, errors));
            status.put("errors", (long) errors.open().size());
            context.printer().document(status);
        }
        return 0;
    }

    /** Adds what only our servers report. */
    private static void addState(TreeClient tree, Map<String, @Nullable Object> status) throws InterruptedException {
        Set<StatePart> parts =
                Set.of(StatePart.ENTRIES, StatePart.MEMORY, StatePart.STORE, StatePart.TLS, StatePart.COPY);
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
            Reply.Standing standing = tree.client().greeting().standing();
            if (standing != null) {
                status.put("epoch", standing.epoch());
            }
            Value copy = state.parts().get(StatePart.COPY);
            if (copy != null && Values.decode(copy) != null) {
                status.put(standing != null && standing.copy() != null ? "copy" : "copies", Values.decode(copy));
            }
            Value tls = state.parts().get(StatePart.TLS);
            if (tls != null && !tls.equals(Values.NIL)) {
                status.put("tls", Values.decode(tls));
            }
        }
    }

    /** How full the tree is, with a warning if it is nearly full. */
    static String memory(long used, long limit) {
        long percent = limit == 0 ? 100 : 100 * used / limit;
        String text = percent + " % of " + (limit >> 20) + " MiB for the tree";
        return percent < WARN_PERCENT
                ? text
                : text + " (WARNING: at 100 % writes that need more are refused; delete something, or give the server"
                        + " more memory: server.memory)";
    }

    /** For each node, what keeps the code that runs there from the machine. */
    private static Map<String, Object> sandboxes(TreeClient tree) throws InterruptedException {
        Path prefix = tree.config().prefixes().presence();
        Map<String, Object> sandboxes = new TreeMap<>();
        for (Entry entry : tree.below(prefix, 3, 3)) {
            List<Object> names = entry.path().tail(prefix.length()).elements();
            Value value = entry.value();
            if (value != null
                    && Values.decode(value) instanceof Map<?, ?> map
                    && map.get("sandbox") instanceof String named) {
                sandboxes.put(String.valueOf(names.get(1)), named);
            }
        }
        return sandboxes;
    }

    /** For each group, its nodes, each with the kinds of job that it runs. */
    private static Map<String, Object> runners(TreeClient tree) throws InterruptedException {
        Path prefix = tree.config().prefixes().presence();
        Map<String, Map<String, List<Object>>> groups = new TreeMap<>();
        for (Entry entry : tree.below(prefix, 3, 3)) {
            List<Object> names = entry.path().tail(prefix.length()).elements();
            groups.computeIfAbsent(String.valueOf(names.get(0)), group -> new TreeMap<>())
                    .computeIfAbsent(String.valueOf(names.get(1)), node -> new ArrayList<>())
                    .add(names.get(2));
        }
        return new LinkedHashMap<>(groups);
    }

    /** How many jobs exist, how many run on at least one node, how many are lost and run nowhere, and how many failed. */
    private static Map<String, Object> jobs(TreeClient tree, ErrorRecords errors) throws InterruptedException {
        Prefixes prefixes = tree.config().prefixes();
        ClaimedRuns runs = ClaimedRuns.load(tree);
        Set<JobAddress> running = new HashSet<>();
        for (Path at : runs.running().keySet()) {
            add(running, at);
        }
        Set<JobAddress> lost = new HashSet<>();
        for (Entry state : tree.below(prefixes.states(), 0, -1)) {
            if (runs.of(state) instanceof RunStatus.Lost) {
                add(lost, state.path().below(prefixes.states()));
            }
        }
        lost.removeAll(running);
        Map<String, Object> jobs = new LinkedHashMap<>();
        jobs.put("total", (long) tree.below(prefixes.runs(), 0, -1).size());
        jobs.put("running", (long) running.size());
        jobs.put("lost", (long) lost.size());
        jobs.put("failed", (long) errors.failedJobs().size());
        return jobs;
    }

    private static void add(Set<JobAddress> jobs, Path state) {
        JobAddress address = JobAddress.ofState(state);
        if (address != null) {
            jobs.add(address.job());
        }
    }
}
