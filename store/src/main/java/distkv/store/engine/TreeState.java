package distkv.store.engine;

import distkv.model.ChangeBatch;
import distkv.model.Commit;
import distkv.model.Entry;
import distkv.model.Expectation;
import distkv.model.Guard;
import distkv.model.Origin;
import distkv.model.Path;
import distkv.model.Revision;
import distkv.model.Write;
import distkv.model.WriteId;
import distkv.store.CommitOutcome;
import distkv.store.StoreException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * The state machine of an engine: the tree that results from the log, and the rules for the next commits.
 *
 * <p>Changes are collected as {@linkplain #mutations mutations}. When the engine has them on disk, it calls
 * {@link #markDurable}; if it cannot write them, it calls {@link #rollBack}, which undoes them.
 */
public final class TreeState {
    /** The time to live of a lease that has ended already. */
    private static final Duration ENDED = Duration.ofSeconds(1);

    private static final class Lease {
        final Duration ttl;
        final TreeSet<Path> bound = new TreeSet<>();

        Lease(Duration ttl) {
            this.ttl = ttl;
        }
    }

    private final EntryIndex index;
    private final AuthorNames names;
    private final Map<Long, Lease> leases = new HashMap<>();
    private final List<Mutation> mutations = new ArrayList<>();
    private long newest;
    private long lastLease;

    /** The state of a tree with these entries (their authors are in {@code names}), this revision and these leases, as an engine has stored them. */
    public TreeState(EntryIndex index, AuthorNames names, long newest, Map<Long, Duration> stored, long lastLease) {
        this.index = index;
        this.names = names;
        this.newest = newest;
        this.lastLease = lastLease;
        stored.forEach((id, ttl) -> leases.put(id, new Lease(ttl)));
        if (!leases.isEmpty()) {
            for (Entry entry : index.toArray()) {
                bind(entry);
            }
        }
    }

    /** The newest revision, including mutations that are not durable yet. */
    public long newest() {
        return newest;
    }

    /** The greatest id that a lease ever had. */
    public long lastLease() {
        return lastLease;
    }

    /** How many entries are present. */
    public int size() {
        return index.size();
    }

    /** All present entries, in no order. */
    public Entry[] entries() {
        return index.toArray();
    }

    /** The changes since the last {@link #markDurable} or {@link #rollBack}, in order. */
    public List<Mutation> mutations() {
        return mutations;
    }

    public void markDurable() {
        mutations.clear();
    }

    public void rollBack() {
        for (Mutation mutation : mutations.reversed()) {
            switch (mutation) {
                case Mutation.Changed(ChangeBatch batch, List<@Nullable Entry> previous, var _, var _) -> {
                    for (int i = previous.size() - 1; i >= 0; i--) {
                        replace(batch.changes().get(i).path(), previous.get(i));
                    }
                    newest--;
                }
                case Mutation.Granted granted -> leases.remove(granted.lease());
                case Mutation.Ended ended -> leases.put(ended.lease(), new Lease(ended.ttl()));
                case Mutation.Noted _ -> {}
            }
        }
        mutations.clear();
    }

    /** Applies a commit if its guards and expectations hold. */
    public CommitOutcome apply(Commit commit) {
        for (Guard guard : commit.guards()) {
            Entry current = index.get(guard.path());
            if (current == null || current.tick() != guard.tick()) {
                return new CommitOutcome.Conflict(guard.path(), current, true, newest);
            }
        }
        for (Write write : commit.writes()) {
            Entry current = index.get(write.path());
            if (!write.expectation().holds(current)) {
                return new CommitOutcome.Conflict(write.path(), current, false, newest);
            }
            if (write.lease() != 0 && !leases.containsKey(write.lease())) {
                return new CommitOutcome.Refused(
                        "lease " + write.lease() + " of " + write.path().brief()
                                + " has ended (expected: a live lease)",
                        newest);
            }
        }
        return change(commit.writes(), commit.id(), commit.origin());
    }

    private CommitOutcome.Committed change(List<Write> writes, @Nullable WriteId id, @Nullable Origin origin) {
        long revision = ++newest;
        String by = names.of(origin);
        Entry[] changes = new Entry[writes.size()];
        @Nullable Entry[] previous = new Entry[changes.length];
        for (int i = 0; i < changes.length; i++) {
            Write write = writes.get(i);
            long lease = write.value() == null ? 0 : write.lease();
            long tick = Revision.tick(revision, i);
            Entry current = write.value() == null ? null : index.get(write.path());
            long created = current == null ? tick : current.created();
            changes[i] = new Entry(write.path(), write.value(), tick, lease, created, by);
            previous[i] = replace(write.path(), changes[i]);
        }
        ChangeBatch batch = new ChangeBatch(revision, List.of(changes));
        List<@Nullable Entry> replaced = Collections.unmodifiableList(Arrays.asList(previous));
        mutations.add(new Mutation.Changed(batch, replaced, id, origin));
        return new CommitOutcome.Committed(revision, replaced);
    }

    /** Keeps something beside the tree. */
    public void note(String name, String value) {
        mutations.add(new Mutation.Noted(name, value));
    }

    /**
     * Applies a commit of the store that this is a copy of.
     *
     * @param changes as they are there, except for their author
     * @param replaces for each change the tick of the entry that it replaced there; 0 if there was none
     * @throws StoreException if it does not follow what is here
     */
    public void replay(ChangeBatch changes, List<Long> replaces, @Nullable WriteId id, @Nullable Origin origin) {
        if (changes.revision() != newest + 1) {
            throw new StoreException(
                    "revision " + changes.revision() + " follows " + newest + " (expected: " + (newest + 1) + ")");
        }
        newest++;
        String by = names.of(origin);
        Entry[] entries = new Entry[changes.changes().size()];
        @Nullable Entry[] previous = new Entry[entries.length];
        boolean same = true;
        for (int i = 0; i < entries.length; i++) {
            Entry there = changes.changes().get(i);
            entries[i] = new Entry(there.path(), there.value(), there.tick(), there.lease(), there.created(), by);
            if (there.lease() != 0) {
                // One that is unknown has ended meanwhile; the deletion of its entries follows.
                replayGrant(there.lease(), ENDED);
            }
            previous[i] = replace(there.path(), entries[i]);
            long tick = previous[i] == null ? 0 : previous[i].tick();
            same &= tick == replaces.get(i);
        }
        List<@Nullable Entry> replaced = Collections.unmodifiableList(Arrays.asList(previous));
        mutations.add(new Mutation.Changed(new ChangeBatch(newest, List.of(entries)), replaced, id, origin));
        if (!same) {
            throw new StoreException("revision " + newest
                    + " replaces other entries there than here (expected: a copy of the same tree)");
        }
    }

    /** A lease that the store has granted that this is a copy of; does nothing if it is known. */
    public void replayGrant(long id, Duration ttl) {
        lastLease = Math.max(lastLease, id);
        if (leases.putIfAbsent(id, new Lease(ttl)) == null) {
            mutations.add(new Mutation.Granted(id, ttl));
        }
    }

    /** A lease has ended in the store that this is a copy of, and its entries are gone. */
    public void replayEnd(long id) {
        Lease lease = leases.get(id);
        if (lease != null && lease.bound.isEmpty()) {
            leases.remove(id);
            mutations.add(new Mutation.Ended(id, lease.ttl));
        }
    }

    /** No other leases than these are left in the store that this is a copy of. */
    public void replayOnly(Set<Long> live) {
        List.copyOf(leases.keySet()).stream().filter(id -> !live.contains(id)).forEach(this::replayEnd);
    }

    public long grant(Duration ttl) {
        long id = ++lastLease;
        leases.put(id, new Lease(ttl));
        mutations.add(new Mutation.Granted(id, ttl));
        return id;
    }

    /** Ends a lease and deletes its entries, {@value Revision#MAX_WRITES} in a commit; does nothing if it has ended. */
    public void end(long id) {
        Lease lease = leases.get(id);
        if (lease == null) {
            return;
        }
        List<Write> deletions = new ArrayList<>();
        for (Path path : lease.bound) {
            deletions.add(Write.delete(path, Expectation.anything()));
        }
        for (int from = 0; from < deletions.size(); from += Revision.MAX_WRITES) {
            change(deletions.subList(from, Math.min(deletions.size(), from + Revision.MAX_WRITES)), null, null);
        }
        leases.remove(id);
        mutations.add(new Mutation.Ended(id, lease.ttl));
    }

    private @Nullable Entry replace(Path path, @Nullable Entry entry) {
        boolean absent = entry == null || entry.isDeletion();
        Entry previous = entry == null || absent ? index.remove(path) : index.put(entry);
        if (previous != null) {
            Lease lease = leases.get(previous.lease());
            if (lease != null) {
                lease.bound.remove(path);
            }
        }
        if (entry != null && !absent) {
            bind(entry);
        }
        return previous;
    }

    private void bind(Entry entry) {
        Lease lease = leases.get(entry.lease());
        if (lease != null) {
            lease.bound.add(entry.path());
        }
    }
}
