package distkv.store.etcd;

import distkv.model.ChangeBatch;
import distkv.model.Entry;
import distkv.model.Origin;
import distkv.model.Path;
import distkv.model.Revision;
import distkv.model.WriteId;
import distkv.store.CommitOutcome;
import distkv.store.CompactedException;
import distkv.store.StoreException;
import distkv.store.engine.AuthorNames;
import distkv.store.engine.EntryIndex;
import io.etcd.jetcd.api.RangeRequest;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * What is in etcd of the past: the oldest snapshot that is kept, and the log since then. The writer tells of records, any
 * thread reads.
 */
final class History {
    private static final System.Logger LOG = System.getLogger(History.class.getName());

    private final EtcdClient client;
    private final Keys keys;
    private final LogReader log;
    private final Parts parts;
    /** Guards everything below. Not held while etcd is asked. */
    private final Object lock = new Object();

    /** The numbers of the records that have commits, by the newest revision in each. */
    private final TreeMap<Long, Long> records = new TreeMap<>();

    private LogSnapshot oldest;
    /** Those of the entries that were read. */
    private final AuthorNames names = new AuthorNames();

    History(EtcdClient client, Keys keys, LogSnapshot oldest) {
        this.client = client;
        this.keys = keys;
        this.log = new LogReader(client, keys);
        this.parts = new Parts(client, keys);
        this.oldest = oldest;
    }

    void added(long number, long newest) {
        if (newest > 0) {
            synchronized (lock) {
                records.put(newest, number);
            }
        }
    }

    /** What is older than that snapshot is about to be dropped. */
    void begins(LogSnapshot snapshot) {
        synchronized (lock) {
            oldest = snapshot;
            records.headMap(snapshot.revision(), true).clear();
        }
    }

    /** Another server may have dropped what this one wants to read. */
    private void begins() {
        try {
            var listed = client.range(
                            RangeRequest.newBuilder().setKey(keys.snapshots()).build())
                    .getKvsList();
            if (!listed.isEmpty()) {
                begins(LogSnapshot.list(listed.getFirst().getValue()).getFirst());
            }
        } catch (EtcdFailure e) {
            LOG.log(System.Logger.Level.DEBUG, "where the history begins is not known", e);
        }
    }

    private LogSnapshot oldest() {
        synchronized (lock) {
            return oldest;
        }
    }

    /**
     * Refuses a revision that the history does not reach back to. To be called after reading, too, since what is read may
     * be dropped meanwhile.
     */
    void check(long revision) throws CompactedException {
        LogSnapshot begin = oldest();
        if (revision < begin.revision()) {
            throw new CompactedException(revision, begin.revision());
        }
    }

    /** The number of the record with a revision; 0 if there is none. */
    private long record(long revision) {
        synchronized (lock) {
            Map.Entry<Long, Long> found = records.ceilingEntry(revision);
            return found == null ? 0 : found.getValue();
        }
    }

    private interface Reading<T> {
        T read() throws EtcdFailure;
    }

    /** Reads what the history must reach back to a revision for. */
    private <T> T reading(long revision, Reading<T> reading) throws CompactedException {
        try {
            T read = reading.read();
            check(revision);
            return read;
        } catch (EtcdFailure | StoreException e) {
            begins();
            check(revision);
            throw e instanceof StoreException known ? known : new StoreException("etcd: " + e.getMessage(), e);
        }
    }

    /** Some commits after a revision, in order. */
    List<ChangeBatch> batches(long after) throws CompactedException {
        return reading(after, () -> {
            List<ChangeBatch> batches = new ArrayList<>();
            for (LogRecord.Logged commit : some(after)) {
                batches.add(new ChangeBatch(commit.batch().revision(), entries(commit)));
            }
            return batches;
        });
    }

    private List<LogRecord.Logged> some(long after) throws EtcdFailure {
        long number = record(after + 1);
        return number == 0
                ? List.of()
                : commits(from(number), commit -> commit.batch().revision() > after);
    }

    /** The records from that one on, which must be there. */
    private List<LogReader.Numbered> from(long number) throws EtcdFailure {
        List<LogReader.Numbered> records = log.read(number, 0);
        if (records.isEmpty() || records.getFirst().number() != number) {
            throw LogReader.missing(number);
        }
        return records;
    }

    private static List<LogRecord.Logged> commits(
            List<LogReader.Numbered> records, Predicate<LogRecord.Logged> wanted) {
        List<LogRecord.Logged> commits = new ArrayList<>();
        for (LogReader.Numbered each : records) {
            for (LogRecord.Item item : each.record().items()) {
                if (item instanceof LogRecord.Logged commit && wanted.test(commit)) {
                    commits.add(commit);
                }
            }
        }
        return commits;
    }

    /** The changes of a commit with their author. */
    private List<Entry> entries(LogRecord.Logged commit) {
        String by = name(commit.origin());
        return commit.batch().changes().stream().map(entry -> by(entry, by)).toList();
    }

    private @Nullable String name(@Nullable Origin origin) {
        synchronized (names) {
            return names.of(origin == null ? null : origin.by().getBytes(StandardCharsets.UTF_8));
        }
    }

    static Entry by(Entry entry, @Nullable String by) {
        return by == null
                ? entry
                : new Entry(entry.path(), entry.value(), entry.tick(), entry.lease(), entry.created(), by);
    }

    /** The entries that were there at a revision, in no order. */
    Entry[] at(long revision) throws CompactedException {
        return reading(revision, () -> {
            EntryIndex index = new EntryIndex();
            LogSnapshot begin = oldest();
            begin.read(parts, 0, (entry, origin) -> index.put(by(entry, name(origin))));
            for (long after = begin.revision(); after < revision; ) {
                List<LogRecord.Logged> commits = some(after);
                if (commits.isEmpty()) {
                    throw LogReader.missing(record(after + 1));
                }
                for (LogRecord.Logged commit : commits) {
                    after = commit.batch().revision();
                    if (after <= revision) {
                        entries(commit).forEach(entry -> put(index, entry));
                    }
                }
            }
            return index.toArray();
        });
    }

    private static void put(EntryIndex index, Entry entry) {
        if (entry.isDeletion()) {
            index.remove(entry.path());
        } else {
            index.put(entry);
        }
    }

    /** The requests of some writers that were committed after a revision up to another. */
    Map<WriteId, List<Long>> writtenBy(Set<Long> writers, long after, long newest) throws CompactedException {
        return reading(after, () -> {
            Map<WriteId, List<Long>> written = new HashMap<>();
            for (long last = after; last < newest; ) {
                List<LogRecord.Logged> commits = some(last);
                if (commits.isEmpty()) {
                    throw LogReader.missing(record(last + 1));
                }
                for (LogRecord.Logged commit : commits) {
                    last = commit.batch().revision();
                    WriteId id = commit.id();
                    if (last <= newest && id != null && writers.contains(id.writer())) {
                        written.computeIfAbsent(id, _ -> new ArrayList<>()).add(last);
                    }
                }
            }
            return written;
        });
    }

    /** The commit of a revision, if it is in the log. */
    Optional<LogRecord.Logged> commit(long revision) throws CompactedException {
        return reading(revision, () -> Optional.ofNullable(find(revision)));
    }

    private LogRecord.@Nullable Logged find(long revision) throws EtcdFailure {
        long number = record(revision);
        if (number == 0 || revision <= oldest().revision()) {
            return null;
        }
        List<LogRecord.Logged> found =
                commits(from(number), commit -> commit.batch().revision() == revision);
        return found.isEmpty() ? null : found.getFirst();
    }

    /** The outcome of the commit of a revision. */
    CommitOutcome.Committed committed(long revision) throws CompactedException {
        return reading(revision - 1, () -> {
            LogRecord.Logged commit = find(revision);
            if (commit == null) {
                throw LogReader.missing(record(revision));
            }
            List<@Nullable Entry> previous = new ArrayList<>();
            for (long tick : commit.replaces()) {
                previous.add(tick == 0 ? null : entry(tick));
            }
            return new CommitOutcome.Committed(revision, previous);
        });
    }

    /** What a change wrote that was in force at some time since the history begins. */
    private @Nullable Entry entry(long tick) throws EtcdFailure {
        LogRecord.Logged commit = find(Revision.ofTick(tick));
        if (commit != null) {
            return entries(commit).get(Revision.position(tick));
        }
        Map<Path, Entry> found = new HashMap<>();
        oldest().read(parts, 0, (entry, origin) -> {
            if (entry.tick() == tick) {
                found.put(entry.path(), by(entry, name(origin)));
            }
        });
        return found.values().stream().findFirst().orElse(null);
    }
}
