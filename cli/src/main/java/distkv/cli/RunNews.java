package distkv.cli;

import distkv.model.Entry;
import distkv.model.Path;
import distkv.model.Value;
import distkv.protocol.Values;
import distkv.schema.job.ClaimEntry;
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

/** What changes of states, claims and presence mean for people who watch the jobs of one kind and group. */
final class RunNews {
    private final Kind kind;
    private final Path states;
    private final Path claims;
    private final Path presence;
    private final Map<Path, Value> last = new HashMap<>();

    /**
     * One thing that happened.
     *
     * @param node where, or "" if that is unknown
     * @param what one word or two
     * @param job the job's name, or {@code null} if it is about a runner
     * @param detail more about it, or ""
     */
    record Item(String node, String what, @Nullable Path job, String detail) {
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

    RunNews(Config config, JobScope scope) {
        kind = scope.kind();
        states = scope.states(config);
        claims = kind.entries(config.path("runner.claim"), scope.group(), scope.node());
        presence = config.path("runner.presence").child(scope.group());
    }

    /** The subtrees that changes are to come from. */
    List<Path> sources() {
        return List.of(presence, claims, states);
    }

    /** What this change means. */
    List<Item> of(Entry entry) {
        Value old = entry.value() == null ? last.remove(entry.path()) : last.put(entry.path(), entry.value());
        if (entry.path().startsWith(presence)) {
            return runner(entry, old);
        } else if (entry.path().startsWith(claims)) {
            return claim(entry, old);
        } else {
            return state(entry, old);
        }
    }

    private List<Item> runner(Entry entry, @Nullable Value old) {
        List<Object> name = entry.path().tail(presence.length()).elements();
        if (name.size() != 2 || !name.get(1).equals(kind.word()) || (entry.value() == null) == (old == null)) {
            return List.of();
        }
        String what = entry.value() == null ? "leaves" : "joins";
        return List.of(new Item(String.valueOf(name.get(0)), what, null, ""));
    }

    private List<Item> claim(Entry entry, @Nullable Value old) {
        Value value = entry.value() == null ? old : entry.value();
        if (value == null || (entry.value() != null && old != null)) {
            return List.of();
        }
        ClaimEntry claim = ClaimEntry.read(value);
        String who = claim == null ? "" : claim.node();
        Path job = job(entry.path(), claims);
        if (JobId.isStandby(job)) {
            // How it ends the state tells, or the job's error.
            return entry.value() == null ? List.of() : List.of(new Item(who, "stands by", job.parent(), ""));
        }
        return List.of(new Item(who, entry.value() == null ? "releases" : "claims", job, ""));
    }

    private List<Item> state(Entry entry, @Nullable Value oldValue) {
        Path job = job(entry.path(), states);
        if (entry.value() == null) {
            return oldValue == null ? List.of() : List.of(new Item("", "deleted", job, ""));
        }
        StateEntry now = StateEntry.read(entry.value());
        StateEntry old = oldValue == null ? StateEntry.NEW : StateEntry.read(oldValue);
        List<Item> items = new ArrayList<>();
        boolean another = !Objects.equals(now.node(), old.node()) || now.started() != old.started();
        if (now.node() != null && another && old.node() != null && now.tookOver()) {
            return List.of(new Item(now.node(), "takes over", job, "from " + old.node()));
        }
        if (old.node() != null && another) {
            items.add(now.node() == null ? end(job, old.node(), now) : new Item(old.node(), "loses", job, ""));
        }
        if (now.node() != null && another) {
            items.add(new Item(now.node(), "starts", job, now.backoff() == 0 ? "" : "after " + errors(now)));
        } else if (now.node() != null && now.offered() && !old.offered()) {
            items.add(new Item(now.node(), "offers", job, ""));
        } else if (now.node() != null && now.pinged() != old.pinged()) {
            items.add(new Item(now.node(), "is well", job, ""));
        } else if (now.node() == null && old.node() == null && !now.reason().equals(old.reason())) {
            items.add(new Item("", "waits", job, now.reason().text()));
        }
        return items;
    }

    private static Item end(Path job, String node, StateEntry now) {
        if (now.backoff() > 0) {
            return new Item(
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
                : "result " + Format.json.document(decoded).strip();
        return new Item(node, "ends", job, detail.lines().map(String::strip).reduce("", String::concat));
    }

    private static String errors(StateEntry state) {
        return state.backoff() == 1 ? "1 error" : state.backoff() + " errors";
    }

    private Path job(Path path, Path prefix) {
        int length = prefix.length() + (kind == Kind.ALL ? 1 : 0);
        return path.tail(Math.min(length, path.length()));
    }
}
