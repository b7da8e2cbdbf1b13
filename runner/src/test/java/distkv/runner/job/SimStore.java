package distkv.runner.job;

import distkv.model.Commit;
import distkv.model.Entry;
import distkv.model.Expectation;
import distkv.model.Guard;
import distkv.model.Path;
import distkv.model.Revision;
import distkv.model.Write;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** A store without threads or time: commits with expectations and guards, leases that somebody ends. */
final class SimStore {
    final TreeMap<Path, Entry> entries = new TreeMap<>();
    private final Map<Long, Double> leases = new HashMap<>();
    private final List<Consumer<List<Entry>>> followers = new ArrayList<>();
    private long revision;
    private long lastLease;

    /** Each commit's changes go to this follower, at once. */
    void follow(Consumer<List<Entry>> follower) {
        followers.add(follower);
    }

    void unfollow(Consumer<List<Entry>> follower) {
        followers.remove(follower);
    }

    /** The ticks of the writes, or {@code null} if something was not as expected. */
    @Nullable
    List<Long> commit(Commit commit) {
        for (Guard guard : commit.guards()) {
            Entry there = entries.get(guard.path());
            if (there == null || there.tick() != guard.tick()) {
                return null;
            }
        }
        for (Write write : commit.writes()) {
            if (!write.expectation().holds(entries.get(write.path()))) {
                return null;
            }
            if (write.lease() != 0 && !leases.containsKey(write.lease())) {
                return null;
            }
        }
        revision++;
        List<Long> ticks = new ArrayList<>();
        List<Entry> changes = new ArrayList<>();
        for (Write write : commit.writes()) {
            long tick = Revision.tick(revision, ticks.size());
            ticks.add(tick);
            Entry entry = new Entry(write.path(), write.value(), tick, write.lease());
            changes.add(entry);
            if (write.value() == null) {
                entries.remove(write.path());
            } else {
                entries.put(write.path(), entry);
            }
        }
        List.copyOf(followers).forEach(follower -> follower.accept(changes));
        return ticks;
    }

    long grant(double expires) {
        leases.put(++lastLease, expires);
        return lastLease;
    }

    /** Returns false if the lease is gone. */
    boolean renew(long lease, double expires) {
        return leases.computeIfPresent(lease, (id, old) -> expires) != null;
    }

    /** Ends the leases that were not renewed. */
    void expire(double now) {
        for (Map.Entry<Long, Double> lease : Map.copyOf(leases).entrySet()) {
            if (lease.getValue() <= now) {
                leases.remove(lease.getKey());
                List<Write> deletions = entries.values().stream()
                        .filter(entry -> entry.lease() == lease.getKey())
                        .map(entry -> Write.delete(entry.path(), Expectation.anything()))
                        .toList();
                if (!deletions.isEmpty()) {
                    commit(new Commit(deletions, List.of()));
                }
            }
        }
    }
}
