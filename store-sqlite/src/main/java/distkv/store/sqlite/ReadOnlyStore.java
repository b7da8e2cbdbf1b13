package distkv.store.sqlite;

import distkv.model.Commit;
import distkv.model.Origin;
import distkv.store.ChangeFeed;
import distkv.store.CommitOutcome;
import distkv.store.CompactedException;
import distkv.store.Store;
import distkv.store.StoreException;
import distkv.store.TreeContents;
import distkv.store.engine.PathSort;
import distkv.store.engine.RecentChanges;
import distkv.store.sqlite.directory.DirectoryLock;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/**
 * A store on a disk that is too full to open it for writing: it can be read, and refuses every commit until it is opened
 * again. Leases do not expire, since that could not be written.
 */
final class ReadOnlyStore implements Store {
    private final String treeName;
    private final TreeContents contents;
    private final DirectoryLock lock;
    private final String trouble;
    private final Path file;
    private final RecentChanges recent;

    private ReadOnlyStore(String treeName, TreeContents contents, DirectoryLock lock, String trouble, Path file) {
        this.treeName = treeName;
        this.contents = contents;
        this.lock = lock;
        this.trouble = trouble;
        this.file = file;
        this.recent = new RecentChanges(contents.revision(), 1, 1);
    }

    /** Reads the file without writing anything; {@code null} if that fails. */
    static @Nullable ReadOnlyStore open(Path file, DirectoryLock lock, Exception why) {
        String reason = why instanceof SQLException e ? Database.reason(e) : String.valueOf(why.getMessage());
        try (Connection connection = Database.alone(file)) {
            RecoveredState recovered = RecoveredState.at(connection, Long.MAX_VALUE / 512);
            String trouble = "disk full: " + reason + " (expected: space at " + lock.directory()
                    + "; the tree can be read, but not written: free some space, then restart the server)";
            System.getLogger(ReadOnlyStore.class.getName()).log(System.Logger.Level.ERROR, "{0}", trouble);
            return new ReadOnlyStore(
                    FileFormat.text(connection, "tree"),
                    PathSort.contents(recovered.newest(), recovered.index().toArray()),
                    lock,
                    trouble,
                    file);
        } catch (SQLException e) {
            why.addSuppressed(e);
            return null;
        }
    }

    @Override
    public String treeName() {
        return treeName;
    }

    @Override
    public CompletableFuture<CommitOutcome> commit(Commit commit) {
        return CompletableFuture.completedFuture(new CommitOutcome.Refused(trouble));
    }

    @Override
    public String trouble() {
        return trouble;
    }

    @Override
    public TreeContents load() {
        return contents;
    }

    @Override
    public TreeContents load(long revision) throws CompactedException {
        check(revision);
        return contents;
    }

    @Override
    public ChangeFeed follow(long after) throws CompactedException {
        check(after);
        return recent.follow(after, last -> List.of());
    }

    private void check(long revision) throws CompactedException {
        recent.checkExists(revision);
        if (revision < contents.revision()) {
            throw new CompactedException(revision, contents.revision());
        }
    }

    /** Opens the file anew, since a connection that is kept could not be closed for good. */
    @Override
    public @Nullable Origin origin(long tick) {
        try (Connection connection = Database.alone(file)) {
            return OriginReader.read(connection, tick);
        } catch (SQLException e) {
            throw Database.explain(file, e);
        }
    }

    @Override
    public long grant(Duration ttl) {
        throw new StoreException("no lease was granted: " + trouble);
    }

    @Override
    public boolean renew(long lease) {
        return true;
    }

    @Override
    public void revoke(long lease) {}

    @Override
    public void close() {
        recent.close();
        lock.close();
    }
}
