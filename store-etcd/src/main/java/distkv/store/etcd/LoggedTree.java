package distkv.store.etcd;

import distkv.model.ChangeBatch;
import distkv.model.Entry;
import distkv.model.Origin;
import distkv.model.Path;
import distkv.store.engine.AuthorNames;
import distkv.store.engine.EntryIndex;
import distkv.store.engine.Mutation;
import distkv.store.engine.TreeState;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The tree, its leases and its authors, as the log says. Used by one thread. */
final class LoggedTree {
    final TreeState state;
    private final Leases leases;
    /** Those of the present entries that say more than the name of their author. */
    private final Map<Path, Origin> origins;

    private LoggedTree(TreeState state, Leases leases, Map<Path, Origin> origins) {
        this.state = state;
        this.leases = leases;
        this.origins = origins;
    }

    /**
     * Reads a snapshot.
     *
     * @param leases gets those in it
     * @param at the revision of etcd at which to read
     */
    static LoggedTree read(LogSnapshot snapshot, Parts parts, Leases leases, long at) throws EtcdFailure {
        EntryIndex index = new EntryIndex();
        AuthorNames names = new AuthorNames();
        Map<Path, Origin> origins = new HashMap<>();
        LogSnapshot.Head head = snapshot.read(parts, at, (entry, origin) -> {
            String by = origin == null ? null : names.of(origin.by().getBytes(StandardCharsets.UTF_8));
            Entry known = History.by(entry, by);
            index.put(known);
            keep(origins, known, origin);
        });
        Map<Long, Duration> ttls = new HashMap<>();
        head.leases().forEach((id, lease) -> {
            ttls.put(id, lease.ttl());
            leases.granted(id, lease.ttl(), lease.server());
        });
        TreeState state = new TreeState(index, names, snapshot.revision(), ttls, head.lastLease());
        return new LoggedTree(state, leases, origins);
    }

    /** Applies what another server has appended; the mutations of that are left in the state. */
    void replay(LogRecord record) {
        for (LogRecord.Item item : record.items()) {
            switch (item) {
                case LogRecord.Logged(ChangeBatch batch, List<Long> replaces, var id, Origin origin) -> {
                    state.replay(batch, replaces, id, origin);
                    keep((Mutation.Changed) state.mutations().getLast());
                }
                case LogRecord.Granted(long lease, Duration ttl) -> {
                    state.replayGrant(lease, ttl);
                    leases.granted(lease, ttl, record.server());
                }
                case LogRecord.LeaseEnded(long lease) -> {
                    state.replayEnd(lease);
                    leases.ended(lease);
                }
                case LogRecord.Taken(long lease) -> leases.taken(lease, record.server());
            }
        }
    }

    /** The mutations of the state are in the log now, by this server. */
    void appended(String server) {
        for (Mutation mutation : state.mutations()) {
            switch (mutation) {
                case Mutation.Changed changed -> keep(changed);
                case Mutation.Granted(long lease, Duration ttl) -> leases.granted(lease, ttl, server);
                case Mutation.Ended(long lease, var _) -> leases.ended(lease);
                case Mutation.Noted(var _, String lease) -> leases.taken(Long.parseLong(lease), server);
            }
        }
    }

    private void keep(Mutation.Changed changed) {
        changed.batch().changes().forEach(change -> keep(origins, change, changed.origin()));
    }

    private static void keep(Map<Path, Origin> origins, Entry change, @Nullable Origin origin) {
        boolean saysMore =
                origin != null && (origin.cause() != 0 || !origin.by().equals(change.by()));
        if (saysMore && !change.isDeletion()) {
            origins.put(change.path(), origin);
        } else {
            origins.remove(change.path());
        }
    }

    /** All there is, after the record of that number. */
    LogSnapshot.Contents contents(long number) {
        return new LogSnapshot.Contents(
                number, state.newest(), state.lastLease(), leases.all(), state.entries(), Map.copyOf(origins));
    }

    /** The entry that was written by that tick; {@code null} if it is not there any more. */
    @Nullable
    Entry find(long tick) {
        for (Entry entry : state.entries()) {
            if (entry.tick() == tick) {
                return entry;
            }
        }
        return null;
    }

    /** Who wrote an entry that is there, and why. */
    @Nullable
    Origin origin(Entry entry) {
        Origin more = origins.get(entry.path());
        return more != null || entry.by() == null ? more : new Origin(entry.by());
    }
}
