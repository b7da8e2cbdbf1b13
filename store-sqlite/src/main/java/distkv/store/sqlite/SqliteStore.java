package distkv.store.sqlite;

import distkv.model.ChangeBatch;
import distkv.model.Commit;
import distkv.model.Entry;
import distkv.model.Origin;
import distkv.model.Revision;
import distkv.model.WriteId;
import distkv.model.process.VitalThreads;
import distkv.store.ChangeFeed;
import distkv.store.CommitOutcome;
import distkv.store.CompactedException;
import distkv.store.Replication;
import distkv.store.Store;
import distkv.store.StoreException;
import distkv.store.TreeContents;
import distkv.store.engine.AuthorNames;
import distkv.store.engine.LeaseClock;
import distkv.store.engine.LeaseTimers;
import distkv.store.engine.Mutation;
import distkv.store.engine.PathSort;
import distkv.store.engine.RecentChanges;
import distkv.store.engine.TaskQueue;
import distkv.store.sqlite.directory.DirectoryLock;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * A store in a directory of its own: one SQLite file with an append-only table of changes, one thread that writes it (see
 * {@link StoreWriter}), and the present entries in memory.
 */
public final class SqliteStore implements Store {
    private static final String COPY = "this is a copy of another store (expected: a write to the main one)";

    private static final int RECENT_BATCHES = 4096;
    private static final long RECENT_BYTES = 16L << 20;
    /** How much a follower that is far behind reads from the file at a time. */
    private static final long CHUNK_BYTES = 1L << 20;

    private final Path file;
    private final String treeName;
    private final DirectoryLock lock;
    private final LeaseClock clock;
    private final TaskQueue<WriterTask> queue = new TaskQueue<>();
    private final RecentChanges recent;
    private final LeaseTimers leases;
    private final Compaction compaction;
    private final DiskSpace space;
    private final WalIndex index;
    private final StoreWriter work;
    private final Thread writer;
    private final List<Thread> helpers;
    /** Reads for followers that are far behind, one at a time. */
    private final Connection reader;

    /** Those of the entries that {@link #reader} has read. */
    private final AuthorNames names = new AuthorNames();

    /** Whether this is a copy of another store: leases do not expire, and nothing is written that the other has not. */
    private final boolean isCopy;

    private final Copying copying;
    private final OriginReader origins;
    private final List<Connection> connections;

    SqliteStore(StoreFile opened, DirectoryLock lock, SqliteOptions options) throws SQLException {
        this.file = opened.file();
        this.treeName = opened.treeName();
        this.lock = lock;
        this.reader = opened.reader();
        this.origins = new OriginReader(file);
        this.connections = List.of(opened.reader(), opened.copier(), opened.writer());
        this.clock = options.clock().get();
        this.recent = new RecentChanges(opened.state().newest(), RECENT_BATCHES, RECENT_BYTES);
        this.leases = new LeaseTimers(clock, this::expire);
        ChangeLog log = new ChangeLog(opened.writer(), new WalFile(file));
        Checkpointer checkpoint = new Checkpointer(opened.copier(), opened.writer(), queue);
        this.space = opened.space();
        this.index = opened.index();
        this.compaction = new Compaction(opened, queue, space, options);
        String main = FileFormat.textOrNull(opened.writer(), Replication.MAIN);
        this.isCopy = main != null && !main.isEmpty();
        this.work = new StoreWriter(
                queue, opened.state(), log, checkpoint, compaction, recent, leases, space, opened.writer(), isCopy);
        this.copying = new Copying(opened, queue, recent, compaction, work);
        this.writer = thread("distkv-store", work);
        this.helpers = List.of(thread("distkv-checkpoint", checkpoint), thread("distkv-compaction", compaction));
        if (!isCopy) {
            opened.leases().forEach(leases::start);
        }
        writer.start();
        helpers.forEach(Thread::start);
    }

    private static Thread thread(String name, Runnable work) {
        return VitalThreads.platform(name, work);
    }

    /**
     * Opens the store in a directory, which is created if it does not exist.
     *
     * @throws StoreException if the directory or the file in it cannot be used; the message says why and what to do
     */
    public static SqliteStore open(Path directory, SqliteOptions options) {
        return StoreFile.open(directory, options, FileFormat.CURRENT);
    }

    /**
     * Like {@link #open}, but falls back to a read-only store if the disk is too full.
     *
     * @throws StoreException like {@link #open}
     */
    public static Store openOrRead(Path directory, SqliteOptions options) {
        return StoreFile.open(directory, options, FileFormat.CURRENT, true);
    }

    /** Whether a directory holds a store. */
    public static boolean isIn(Path directory) {
        return Files.exists(directory.resolve(StoreFile.FILE));
    }

    /** Copies the store to a new file while it is in use. The copy holds what was committed when this began. */
    public void backup(Path target, BackupProgress progress) {
        StoreBackup.take(lock.directory(), target, progress);
    }

    /** Copies the store of a directory, which another process may be using, to a new file. */
    public static void backup(Path directory, Path target, BackupProgress progress) {
        StoreBackup.take(directory, target, progress);
    }

    /**
     * Makes a backup the store of a directory that has none. Its history starts over, since the store may have been used
     * after the backup: older revisions count as compacted.
     *
     * @return the number of entries
     */
    public static long restore(Path source, Path directory) {
        return StoreBackup.restore(source, directory);
    }

    @Override
    public String treeName() {
        return treeName;
    }

    @Override
    public CompletableFuture<CommitOutcome> commit(Commit commit) {
        CompletableFuture<CommitOutcome> answer = new CompletableFuture<>();
        if (isCopy) {
            answer.complete(new CommitOutcome.Refused(COPY));
        } else if (!queue.put(new WriterTask.Apply(commit, answer))) {
            answer.complete(new CommitOutcome.Refused("the store is closed"));
        }
        return answer;
    }

    @Override
    public String trouble() {
        String stopped = work.stopped();
        return stopped == null ? space.trouble() : stopped;
    }

    @Override
    public boolean isFull() {
        return queue.isFull();
    }

    @Override
    public TreeContents load() {
        WriterTask.View view = submit(new CompletableFuture<>(), WriterTask.Read::new);
        return PathSort.contents(view.revision(), view.entries());
    }

    @Override
    public TreeContents load(long revision) throws CompactedException {
        recent.checkExists(revision);
        Entry[] entries;
        try (Connection connection = Database.reader(file)) {
            entries = RecoveredState.at(connection, revision).index().toArray();
        } catch (SQLException e) {
            throw Database.explain(file, e);
        }
        checkHistory(revision);
        return PathSort.contents(revision, entries);
    }

    @Override
    public ChangeFeed follow(long after) throws CompactedException {
        recent.checkExists(after);
        checkHistory(after);
        return recent.follow(after, this::read);
    }

    private List<ChangeBatch> read(long after) throws CompactedException {
        List<ChangeBatch> batches;
        synchronized (reader) {
            try {
                if (reader.isClosed()) {
                    return List.of();
                }
                batches = ChangeRows.batches(reader, after, recent.newest(), CHUNK_BYTES, names);
            } catch (SQLException e) {
                throw Database.explain(file, e);
            }
        }
        checkHistory(after);
        return batches;
    }

    @Override
    public Replication replication() {
        return copying;
    }

    @Override
    public @Nullable Origin origin(long tick) {
        Mutation.Changed changed = recent.find(Revision.ofTick(tick));
        if (changed == null) {
            return origins.read(tick);
        }
        return Revision.position(tick) < changed.batch().changes().size() ? changed.origin() : null;
    }

    @Override
    public Map<WriteId, List<Long>> writtenBy(Set<Long> writers, long after) throws CompactedException {
        String stopped = work.stopped();
        if (stopped != null) {
            throw new StoreException(stopped);
        }
        long newest = recent.newest();
        recent.checkExists(after);
        Map<WriteId, List<Long>> written;
        try (Connection connection = Database.reader(file)) {
            written = ChangeRows.writtenBy(connection, writers, after, newest);
        } catch (SQLException e) {
            throw Database.explain(file, e);
        }
        checkHistory(after);
        return written;
    }

    @Override
    public CommitOutcome.Committed committed(long revision) throws CompactedException {
        recent.checkExists(revision);
        CommitOutcome.Committed committed;
        try (Connection connection = Database.reader(file)) {
            committed = new CommitOutcome.Committed(revision, ChangeRows.previous(connection, revision));
        } catch (SQLException e) {
            throw Database.explain(file, e);
        }
        checkHistory(revision - 1);
        return committed;
    }

    /** To be called after reading: rows below the compacted revision may have been dropped meanwhile. */
    private void checkHistory(long revision) throws CompactedException {
        long reached = compaction.reached();
        if (revision < reached) {
            throw new CompactedException(revision, reached);
        }
    }

    @Override
    public long grant(Duration ttl) {
        LeaseTimers.check(ttl);
        if (isCopy) {
            throw new StoreException("no lease was granted: " + COPY);
        }
        return submit(
                new CompletableFuture<Long>(),
                answer -> new WriterTask.GrantLease(Duration.ofMillis(ttl.toMillis()), answer));
    }

    @Override
    public boolean renew(long lease) {
        return leases.renew(lease);
    }

    @Override
    public void revoke(long lease) {
        if (isCopy) {
            return;
        }
        submit(new CompletableFuture<Boolean>(), answer -> new WriterTask.EndLease(lease, true, answer));
    }

    private void expire(long lease) {
        queue.put(new WriterTask.EndLease(lease, false, new CompletableFuture<>()));
    }

    private <T> T submit(CompletableFuture<T> answer, Function<CompletableFuture<T>, WriterTask> task) {
        if (!queue.put(task.apply(answer))) {
            throw new StoreException("the store is closed");
        }
        try {
            return answer.join();
        } catch (CompletionException e) {
            throw e.getCause() instanceof StoreException refused ? refused : e;
        }
    }

    @Override
    public void close() {
        clock.close();
        queue.close();
        boolean interrupted = join(writer);
        for (Thread helper : helpers) {
            helper.interrupt();
            interrupted |= join(helper);
        }
        recent.close();
        try (lock) {
            synchronized (reader) {
                for (Connection connection : connections) {
                    connection.close();
                }
            }
            origins.close();
            index.close();
        } catch (SQLException e) {
            throw Database.explain(file, e);
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
    }

    /** Waits until a thread has ended; returns whether this thread was interrupted meanwhile. */
    private static boolean join(Thread thread) {
        boolean interrupted = false;
        while (true) {
            try {
                thread.join();
                return interrupted;
            } catch (InterruptedException e) {
                interrupted = true;
            }
        }
    }
}
