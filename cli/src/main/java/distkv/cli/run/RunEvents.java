package distkv.cli.run;

import distkv.cli.config.Config;
import distkv.cli.context.JobScope;
import distkv.cli.format.OutputFormat;
import distkv.model.Entry;
import distkv.model.Path;
import distkv.model.Value;
import distkv.protocol.Values;
import distkv.schema.job.ClaimEntry;
import distkv.schema.job.JobAddress;
import distkv.schema.job.JobId;
import distkv.schema.job.Kind;
import distkv.schema.job.Reason;
import distkv.schema.job.StateEntry;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** Turns changes of states, claims and presence into events of the jobs of one kind and group, for people. */
final class RunEvents {
    private final Kind kind;
    private final Path states;
    private final Path claims;
    private final Path presence;
    private final Path statePrefix;
    private final Path claimPrefix;
    private final Map<Path, Value> last = new HashMap<>();

    /**
     * An event.
     *
     * @param node where, or "" if that is unknown
     * @param what happened, in a word or two
     * @param job the job's name, or {@code null} if it is about a runner
     * @param detail more about it, or ""
     */
    record EventLine(String node, String what, @Nullable Path job, String detail) {
        /** For programs. */
        Map<String, @Nullable Object> shown() {
            Map<String, @Nullable Object> shown = new LinkedHashMap<>();
            shown.put("node", node);
            shown.put("event", what);
            if (job != null) {
                shown.put("job", job);
            }
            if (!detail.isEmpty()) {
                shown.put("detail", detail);
            }
            return shown;
        }

        /** For people. */
        String line() {
            return String.format(
                            "%-10s %-10s %s  %s", node.isEmpty() ? "-" : node, what, job == null ? "" : job, detail)
                    .strip();
        }
    }

    RunEvents(Config config, JobScope scope) {
        kind = scope.kind();
        states = scope.states(config);
        claims = scope.claims(config);
        presence = config.prefixes().presence().child(scope.group());
        statePrefix = config.prefixes().states();
        claimPrefix = config.prefixes().claims();
    }

    /** The subtrees whose changes are to be passed to {@link #of}. */
    List<Path> sources() {
        return List.of(presence, claims, states);
    }

    /** What this change means. */
    List<EventLine> of(Entry entry) {
        Value old = entry.value() == null ? last.remove(entry.path()) : last.put(entry.path(), entry.value());
        if (entry.path().startsWith(presence)) {
            return runner(entry, old);
        } else if (entry.path().startsWith(claims)) {
            return claim(entry, old);
        } else {
            return state(entry, old);
        }
    }

    private List<EventLine> runner(Entry entry, @Nullable Value old) {
        List<Object> name = entry.path().tail(presence.length()).elements();
        if (name.size() != 2 || !name.get(1).equals(kind.word()) || (entry.value() == null) == (old == null)) {
            return List.of();
        }
        String what = entry.value() == null ? "leaves" : "joins";
        return List.of(new EventLine(String.valueOf(name.get(0)), what, null, ""));
    }

    private List<EventLine> claim(Entry entry, @Nullable Value old) {
        Value value = entry.value() == null ? old : entry.value();
        if (value == null || (entry.value() != null && old != null)) {
            return List.of();
        }
        ClaimEntry claim = ClaimEntry.read(value);
        String who = claim == null ? "" : claim.node();
        Path job = job(entry.path().below(claimPrefix));
        if (JobId.isStandby(job)) {
            // The state, or the job's error, tells how it ends.
            return entry.value() == null ? List.of() : List.of(new EventLine(who, "stands by", job.parent(), ""));
        }
        return List.of(new EventLine(who, entry.value() == null ? "releases" : "claims", job, ""));
    }

    private List<EventLine> state(Entry entry, @Nullable Value oldValue) {
        Path job = job(entry.path().below(statePrefix));
        if (entry.value() == null) {
            return oldValue == null ? List.of() : List.of(new EventLine("", "deleted", job, ""));
        }
        StateEntry now = StateEntry.read(entry.value());
        StateEntry old = oldValue == null ? StateEntry.NEW : StateEntry.read(oldValue);
        List<EventLine> items = new ArrayList<>();
        boolean another = !Objects.equals(now.node(), old.node()) || now.started() != old.started();
        if (now.node() != null && another && old.node() != null && now.tookOver()) {
            return List.of(new EventLine(now.node(), "takes over", job, "from " + old.node()));
        }
        if (old.node() != null && another) {
            items.add(now.node() == null ? end(job, old.node(), now) : new EventLine(old.node(), "loses", job, ""));
        }
        if (now.node() != null && another) {
            items.add(new EventLine(now.node(), "starts", job, now.backoff() == 0 ? "" : "after " + errors(now)));
        } else if (now.node() != null && now.offered() && !old.offered()) {
            items.add(new EventLine(now.node(), "offers", job, ""));
        } else if (now.node() != null && now.pinged() != old.pinged()) {
            items.add(new EventLine(now.node(), "is well", job, ""));
        } else if (now.node() == null && old.node() == null && !now.reason().equals(old.reason())) {
            items.add(new EventLine("", "waits", job, now.reason().text()));
        }
        return items;
    }

    private static EventLine end(Path job, String node, StateEntry now) {
        if (now.backoff() > 0) {
            return new EventLine(
                    node,
                    "fails",
                    job,
                    errors(now)
                            + (now.reason().equals(Reason.NONE)
                                    ? ""
                                    : ", " + now.reason().text()));
        }
        Value result = now.result();
        Object decoded = result == null ? null : Values.decode(result);
        String detail = decoded == null
                ? now.reason().text()
                : "result " + OutputFormat.json.document(decoded).strip();
        return new EventLine(
                node, "ends", job, detail.lines().map(String::strip).reduce("", String::concat));
    }

    private static String errors(StateEntry state) {
        return state.backoff() == 1 ? "1 error" : state.backoff() + " errors";
    }

    private static Path job(Path state) {
        JobAddress job = JobAddress.ofState(state);
        return job == null ? Path.ROOT : job.name();
    }
}
