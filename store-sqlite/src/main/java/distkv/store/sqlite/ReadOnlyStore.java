package distkv.store.sqlite;

import distkv.model.Commit;
import distkv.store.Compacted;
import distkv.store.Contents;
import distkv.store.Feed;
import distkv.store.Outcome;
import distkv.store.Recent;
import distkv.store.Store;
import distkv.store.StoreException;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/**
 * A store on a disk that is so full that it cannot be opened for writing: what is in it can be read, and every commit is
 * refused, until it is opened again. Leases live on, since their end could not be written.
 */
final class ReadOnlyStore implements Store {
    private final String tree;
    private final Contents contents;
    private final DirectoryLock lock;
    private final String trouble;
    private final Recent recent;

    private ReadOnlyStore(String tree, Contents contents, DirectoryLock lock, String trouble) {
        this.tree = tree;
        this.contents = contents;
        this.lock = lock;
        this.trouble = trouble;
        this.recent = new Recent(contents.revision(), 1, 1);
    }

    /** Reads the file, without anything beside it that would have to be written; {@code null} if that does not work. */
    static @Nullable ReadOnlyStore open(Path file, DirectoryLock lock, Exception why) {
        String reason = why instanceof SQLException e ? Database.reason(e) : String.valueOf(why.getMessage());
        try (Connection connection = Database.alone(file)) {
            Tip tip = Tip.at(connection, Long.MAX_VALUE / 512);
            String trouble = "disk full: " + reason + " (expected: room at " + lock.directory()
                    + "; everything can be read and nothing written: make room, then restart the server)";
            System.getLogger(ReadOnlyStore.class.getName()).log(System.Logger.Level.ERROR, "{0}", trouble);
            return new ReadOnlyStore(
                    Format.text(connection, "tree"),
                    Contents.sorted(tip.newest(), tip.index().toArray()),
                    lock,
                    trouble);
        } catch (SQLException e) {
            why.addSuppressed(e);
            return null;
        }
    }

    @Override
    public String tree() {
        return tree;
    }

    @Override
    public CompletableFuture<Outcome> commit(Commit commit) {
        return CompletableFuture.completedFuture(new Outcome.Refused(trouble));
    }

    @Override
    public String trouble() {
        return trouble;
    }

    @Override
    public Contents load() {
        return contents;
    }

    @Override
    public Contents load(long revision) throws Compacted {
        check(revision);
        return contents;
    }

    @Override
    public Feed follow(long after) throws Compacted {
        check(after);
        return recent.follow(after, last -> List.of());
    }

    private void check(long revision) throws Compacted {
        Contents.checkRevision(revision, contents.revision());
        if (revision < contents.revision()) {
            throw new Compacted(revision, contents.revision());
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
