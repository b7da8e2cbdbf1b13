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

/**
 * The tree as the newest snapshot and the log since then say.
 *
 * @param number of the newest record in it
 * @param leases and who looks after them
 * @param origins those of the entries that say more than the name of their author
 */
record LoadedTree(TreeState tree, long number, Map<Long, Snapshot.Lease> leases, Map<Path, Origin> origins) {
    /** Reads it as it is at a revision of etcd, and tells the history of the records. */
    static LoadedTree read(Snapshot newest, LogReader log, Parts parts, History history, long at) throws EtcdFailure {
        EntryIndex index = new EntryIndex();
        AuthorNames names = new AuthorNames();
        Map<Path, Origin> origins = new HashMap<>();
        Snapshot.Head head = newest.read(parts, at, (entry, origin) -> {
            String by = origin == null ? null : names.of(origin.by().getBytes(StandardCharsets.UTF_8));
            index.put(History.by(entry, by));
            keep(origins, entry, origin, by);
        });
        Map<Long, Snapshot.Lease> leases = new HashMap<>(head.leases());
        Map<Long, Duration> ttls = new HashMap<>();
        leases.forEach((id, lease) -> ttls.put(id, lease.ttl()));
        TreeState tree = new TreeState(index, names, newest.revision(), ttls, head.lastLease());
        long number = newest.number();
        for (List<LogReader.Numbered> some = log.read(number + 1, at);
                !some.isEmpty();
                some = log.read(number + 1, at)) {
            for (LogReader.Numbered next : some) {
                if (next.number() != number + 1) {
                    throw LogReader.missing(number + 1);
                }
                LogRecord record = next.record();
                record.items().forEach(item -> replay(item, record.server(), tree, leases, origins));
                tree.markDurable();
                number = next.number();
                history.added(number, record.newest());
            }
        }
        return new LoadedTree(tree, number, leases, origins);
    }

    private static void replay(
            LogRecord.Item item,
            String server,
            TreeState tree,
            Map<Long, Snapshot.Lease> leases,
            Map<Path, Origin> origins) {
        switch (item) {
            case LogRecord.Logged(ChangeBatch batch, List<Long> replaces, var id, Origin origin) -> {
                tree.replay(batch, replaces, id, origin);
                Mutation.Changed changed = (Mutation.Changed) tree.mutations().getLast();
                changed.batch().changes().forEach(change -> keep(origins, change, origin, change.by()));
            }
            case LogRecord.Granted(long lease, Duration ttl) -> {
                tree.replayGrant(lease, ttl);
                leases.put(lease, new Snapshot.Lease(server, ttl));
            }
            case LogRecord.Ended(long lease) -> {
                tree.replayEnd(lease);
                leases.remove(lease);
            }
            case LogRecord.Taken(long lease) ->
                leases.computeIfPresent(lease, (_, known) -> new Snapshot.Lease(server, known.ttl()));
        }
    }

    private static void keep(Map<Path, Origin> origins, Entry change, @Nullable Origin origin, @Nullable String by) {
        boolean saysMore =
                origin != null && (origin.cause() != 0 || !origin.by().equals(by));
        if (saysMore && !change.isDeletion()) {
            origins.put(change.path(), origin);
        } else {
            origins.remove(change.path());
        }
    }
}
