package distkv.runner.lifecycle;

import distkv.model.Commit;
import distkv.model.Entry;
import distkv.model.Expectation;
import distkv.model.Guard;
import distkv.model.Path;
import distkv.model.Revision;
import distkv.model.Write;
import distkv.schema.job.JobId;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** A store without threads: commits with expectations and guards, and leases that end at their time. */
final class SimStore {
    private final Sim sim;
    private final Consumer<Entry> feed;
    /** In the order in which they were created, so that no history depends on how paths are hashed. */
    private final Map<Path, Entry> entries = new LinkedHashMap<>();

    private int restores;
    private final Map<Long, Double> leases = new HashMap<>();
    private final Map<Long, Set<Path>> bound = new HashMap<>();
    private long revision;
    private long lastLease;
    private boolean down;
    private @Nullable Path refusedAt;

    /** Each change of a commit goes to the feed, in order. */
    SimStore(Sim sim, Consumer<Entry> feed) {
        this.sim = sim;
        this.feed = feed;
    }

    @Nullable
    Entry get(Path path) {
        return entries.get(path);
    }

    /** Whether the server is away. Nobody is connected to it then. */
    boolean isDown() {
        return down;
    }

    /** The server ends; leases and entries are on its disk. */
    void goDown() {
        down = true;
    }

    /** The server is there again: every lease lives for its whole time from now on. */
    void comeBack(double ttl) {
        down = false;
        leases.replaceAll((lease, expires) -> sim.now + ttl);
        leases.forEach(this::expireAt);
    }

    /** A copy of all that there is. */
    record Backup(Map<Path, Entry> entries, Map<Long, Set<Path>> bound) {}

    Backup backup() {
        Map<Long, Set<Path>> copy = new LinkedHashMap<>();
        bound.forEach((lease, paths) -> copy.put(lease, new LinkedHashSet<>(paths)));
        return new Backup(new LinkedHashMap<>(entries), copy);
    }

    /** How often the tree has been restored from a backup. */
    int restores() {
        return restores;
    }

    /**
     * The tree is what it was once, while the server is down; new revisions and leases are ones that nobody has heard of.
     * Returns the paths whose entries have changed by that.
     */
    Set<Path> restore(Backup backup) {
        restores++;
        Set<Path> changed = new LinkedHashSet<>(backup.entries().keySet());
        changed.addAll(entries.keySet());
        changed.removeIf(
                path -> Objects.equals(entries.get(path), backup.entries().get(path)));
        entries.clear();
        entries.putAll(backup.entries());
        bound.clear();
        leases.clear();
        backup.bound().forEach((lease, paths) -> {
            bound.put(lease, new LinkedHashSet<>(paths));
            leases.put(lease, sim.now);
        });
        revision += 1_000_000;
        lastLease += 1_000_000;
        return changed;
    }

    long revision() {
        return revision;
    }

    /** What was not as expected when a commit was refused last; {@code null} if that is not known. */
    @Nullable
    Path refusedAt() {
        return refusedAt;
    }

    /** The ticks of the writes, or {@code null} if something was not as expected. */
    @Nullable
    List<Long> commit(Commit commit) {
        refusedAt = null;
        if (down) {
            return null;
        }
        for (Guard guard : commit.guards()) {
            Entry there = entries.get(guard.path());
            boolean standby = JobId.isStandby(guard.path());
            if (standby || there == null || there.tick() != guard.tick()) {
                refusedAt = guard.path();
                return null;
            }
        }
        for (Write write : commit.writes()) {
            if (!write.expectation().holds(entries.get(write.path()))) {
                refusedAt = write.path();
                return null;
            }
            if (write.lease() != 0 && !leases.containsKey(write.lease())) {
                return null;
            }
        }
        revision++;
        List<Long> ticks = new ArrayList<>(commit.writes().size());
        List<Entry> changes = new ArrayList<>(commit.writes().size());
        for (Write write : commit.writes()) {
            Entry entry = new Entry(write.path(), write.value(), Revision.tick(revision, ticks.size()), write.lease());
            ticks.add(entry.tick());
            changes.add(entry);
            put(entry);
        }
        changes.forEach(feed);
        return ticks;
    }

    private void put(Entry entry) {
        Entry before = entry.value() == null ? entries.remove(entry.path()) : entries.put(entry.path(), entry);
        if (before != null && before.lease() != 0) {
            Set<Path> paths = bound.get(before.lease());
            if (paths != null) {
                paths.remove(entry.path());
            }
        }
        if (entry.value() != null && entry.lease() != 0) {
            Objects.requireNonNull(bound.get(entry.lease())).add(entry.path());
        }
    }

    long grant(double expires) {
        long lease = ++lastLease;
        leases.put(lease, expires);
        bound.put(lease, new LinkedHashSet<>());
        expireAt(lease, expires);
        return lease;
    }

    private void expireAt(long lease, double time) {
        sim.at(time, () -> {
            Double expires = leases.get(lease);
            if (expires != null && expires > sim.now) {
                expireAt(lease, expires);
            } else if (expires != null && !down) {
                end(lease);
            }
        });
    }

    /** Returns false if the lease is gone. */
    boolean renew(long lease, double expires) {
        return leases.computeIfPresent(lease, (id, old) -> expires) != null;
    }

    /** Ends a lease, and with it what is bound to it, in one commit as the server does. */
    void end(long lease) {
        if (down) {
            return;
        }
        leases.remove(lease);
        Set<Path> paths = bound.remove(lease);
        if (paths != null && !paths.isEmpty()) {
            Map<Path, Write> deletions = new LinkedHashMap<>();
            paths.forEach(path -> deletions.put(path, Write.delete(path, Expectation.anything())));
            List<Write> writes = List.copyOf(deletions.values());
            for (int from = 0; from < writes.size(); from += Revision.MAX_WRITES) {
                commit(new Commit(
                        writes.subList(from, Math.min(writes.size(), from + Revision.MAX_WRITES)), List.of()));
            }
        }
    }
}
