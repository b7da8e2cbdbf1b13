package distkv.runner.worker;

import distkv.client.Session;
import distkv.model.Guard;
import distkv.model.Path;
import distkv.model.Value;
import distkv.protocol.Values;
import distkv.runner.group.GroupState;
import distkv.runner.sandbox.SecretFiles;
import distkv.schema.job.Limits;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** What the runner tells the parent process and the workers ({@code docs/worker.md}). */
public sealed interface ToWorker {
    /**
     * To the parent: fork a worker.
     *
     * @param command the program that it becomes; {@code null}: Python
     * @param server host and port of the only server that it reaches; {@code null}: it has the network
     */
    record Fork(
            int worker,
            @Nullable List<String> command,
            @Nullable List<Object> server) implements ToWorker {}

    /** To the parent: signal a worker. */
    record Kill(int worker, boolean force) implements ToWorker {}

    /** To the parent: kill a worker at this time of CLOCK_BOOTTIME; {@code null}: at no time. */
    record Deadline(int worker, @Nullable Double at) implements ToWorker {}

    /** To the parent: be a witness for this session. */
    record Vouch(Session.Witness witness) implements ToWorker {}

    /** To a worker: the address of the server, and the prefix of the modules. */
    record Init(String host, int port, String node, String name, Map<String, @Nullable Object> config, Path modules)
            implements ToWorker {}

    /** To the parent: kill a worker that exceeds these limits. */
    record Limit(int worker, Limits limits) implements ToWorker {}

    /** To a worker: the current versions of these modules. */
    record Known(List<WorkerModules.Told> modules) implements ToWorker {}

    /**
     * To a worker: start this run.
     *
     * @param token what it logs in with; {@code null}: nothing
     */
    record Start(
            Launch launch,
            GroupState state,
            double idle,
            SecretFiles.RunSecrets secrets,
            @Nullable String token) implements ToWorker {
        @Override
        public String toString() {
            return "Start[" + launch + "]";
        }
    }

    /** How many seconds a run may block the event loop that it shares. */
    double BLOCK = 2;

    /**
     * To a worker: end a run.
     *
     * @param lost whether it must end because its claim is gone
     */
    record Cancel(long run, boolean lost) implements ToWorker {}

    /**
     * To a worker: the claim of a run from now on.
     *
     * @param token what it logs in with from now on; {@code null}: nothing
     */
    record Claim(long run, Guard claim, @Nullable String token) implements ToWorker {
        @Override
        public String toString() {
            return "Claim[" + run + ", " + claim + "]";
        }
    }

    /** To a worker: the group's state. */
    record State(GroupState state) implements ToWorker {}

    /** To a worker: finish; nothing more follows. */
    record Finish() implements ToWorker {}

    default Value encode() {
        return Values.encode(
                switch (this) {
                    case Fork(int worker, var command, var server) ->
                        map("fork", "worker", worker, "command", command, "server", server);
                    case Kill(int worker, boolean force) ->
                        map("kill", "worker", worker, "signal", force ? "KILL" : "TERM");
                    case Deadline(int worker, Double at) -> map("deadline", "worker", worker, "at", at);
                    case Vouch(Session.Witness witness) ->
                        map(
                                "vouch",
                                "socket",
                                witness.socket(),
                                "session",
                                witness.session(),
                                "secret",
                                witness.secret());
                    case Limit(int worker, Limits limits) -> limit(worker, limits);
                    case Init init -> init(init);
                    case Known(var modules) ->
                        map(
                                "modules",
                                "modules",
                                modules.stream().map(ToWorker::told).toList());
                    case Start start -> start(start);
                    case Cancel(long run, boolean lost) -> map("cancel", "run", run, "lost", lost);
                    case Claim(long run, Guard claim, String token) ->
                        withToken(map("claim", "run", run, "claim", encode(claim)), token);
                    case State(GroupState state) -> with(map("state"), state);
                    case Finish() -> map("stop");
                });
    }

    private static Map<String, @Nullable Object> limit(int worker, Limits limits) {
        Map<String, @Nullable Object> map = map("limit", "worker", worker);
        map.putAll(limits.encode());
        return map;
    }

    private static Map<String, @Nullable Object> init(Init init) {
        return map(
                "init",
                "host",
                init.host(),
                "port",
                init.port(),
                "node",
                init.node(),
                "name",
                init.name(),
                "config",
                init.config(),
                "modules",
                init.modules());
    }

    private static List<@Nullable Object> told(WorkerModules.Told module) {
        return Arrays.asList(module.path(), module.version(), module.source(), module.wrong(), module.requires());
    }

    private static Map<String, @Nullable Object> start(Start start) {
        Launch launch = start.launch();
        Map<String, @Nullable Object> state = new LinkedHashMap<>();
        Map<String, @Nullable Object> map = map(
                "start",
                "run",
                launch.run(),
                "job",
                launch.job(),
                "code",
                launch.procedure().path(),
                "source",
                launch.procedure().source(),
                "mode",
                launch.procedure().mode().word(),
                "vars",
                launch.procedure().vars(),
                "globals",
                launch.globals(),
                "modules",
                launch.modules(),
                "claim",
                encode(launch.claim()),
                "state",
                with(state, start.state()),
                "idle",
                start.idle(),
                "block",
                launch.alone() ? null : BLOCK,
                "log",
                launch.log(),
                "limits",
                launch.limits().encode());
        if (!start.secrets().byName().isEmpty()) {
            map.put("secrets", start.secrets().byName());
        }
        return withToken(map, start.token());
    }

    private static Map<String, @Nullable Object> withToken(Map<String, @Nullable Object> map, @Nullable String token) {
        if (token != null) {
            map.put("token", token);
        }
        return map;
    }

    private static List<Object> encode(Guard claim) {
        return List.of(claim.path(), claim.tick());
    }

    private static Map<String, @Nullable Object> with(Map<String, @Nullable Object> map, GroupState state) {
        map.put("state", state.level().word());
        map.put("count", state.count());
        map.put("nodes", state.wanted());
        return map;
    }

    private static Map<String, @Nullable Object> map(String op, @Nullable Object... pairs) {
        Map<String, @Nullable Object> map = new LinkedHashMap<>();
        map.put("op", op);
        List<@Nullable Object> list = Arrays.asList(pairs);
        for (int i = 0; i < list.size(); i += 2) {
            map.put(String.valueOf(list.get(i)), list.get(i + 1));
        }
        return map;
    }
}
