package distkv.server.access;

import distkv.model.Entry;
import distkv.model.Guard;
import distkv.model.Origin;
import distkv.model.Path;
import distkv.schema.BadEntry;
import distkv.schema.Prefixes;
import distkv.schema.job.ClaimEntry;
import distkv.schema.job.JobAddress;
import distkv.schema.job.JobEntry;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** Names the run that a write belongs to, by the claim that guards it, as {@link Origin} says. Any thread may ask. */
final class RunNames {
    /** A write never changes, so names that were found are kept until there are this many. */
    private static final int MOST = 4_096;

    private static final int MOST_PATH = Origin.MAX_BY / 2;
    private static final int MOST_NODE = 100;

    private final Prefixes prefixes;
    private final Function<Path, @Nullable Entry> entries;
    private final Map<Guard, String> names = new ConcurrentHashMap<>();

    /** @param entries the present ones */
    RunNames(Prefixes prefixes, Function<Path, @Nullable Entry> entries) {
        this.prefixes = prefixes;
        this.entries = entries;
    }

    /** The run whose claim is the first among these guards; {@code null} if there is none. */
    @Nullable
    String find(List<Guard> guards) {
        for (Guard guard : guards) {
            if (guard.path().startsWith(prefixes.claims())) {
                String name = names.get(guard);
                if (name == null) {
                    name = read(guard);
                    keep(guard, name);
                }
                if (name != null) {
                    return name;
                }
            }
        }
        return null;
    }

    /** What is not found is looked for again: a claim may yet be made. */
    private void keep(Guard guard, @Nullable String name) {
        if (name != null) {
            if (names.size() >= MOST) {
                names.clear();
            }
            names.put(guard, name);
        }
    }

    private @Nullable String read(Guard guard) {
        Entry entry = entries.apply(guard.path());
        JobAddress job = JobAddress.ofState(guard.path().below(prefixes.claims()));
        if (entry == null || entry.tick() != guard.tick() || job == null) {
            return null;
        }
        ClaimEntry claim = ClaimEntry.read(entry.value());
        String node = claim == null ? "" : cut(claim.node(), MOST_NODE);
        String name = cut(entry(job, Path.ROOT).toString(), MOST_PATH);
        return Origin.RUN + name + "@" + node + "#" + guard.tick() + code(job, guard.tick());
    }

    /** The tick of the job's code when the claim was made; nothing if job or code have changed since. */
    private String code(JobAddress job, long claim) {
        Entry entry = entries.apply(entry(job, prefixes.runs()));
        if (entry == null || entry.value() == null || entry.tick() > claim) {
            return "";
        }
        try {
            Path path = JobEntry.read(entry.value()).code();
            Entry code = path == null ? null : entries.apply(prefixes.codes().append(path));
            return code == null || code.tick() > claim ? "" : "/" + code.tick();
        } catch (BadEntry _) {
            return "";
        }
    }

    private static Path entry(JobAddress job, Path prefix) {
        return job.kind().entries(prefix, job.group(), job.node()).append(job.name());
    }

    /** The node in the name of a run. */
    static String node(String run) {
        return run.substring(run.lastIndexOf('@') + 1, run.lastIndexOf('#'));
    }

    private static String cut(String text, int most) {
        return text.length() <= most ? text : text.substring(0, most - 1) + "…";
    }
}
