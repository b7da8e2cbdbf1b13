package distkv.store.sqlite;

import distkv.model.ChangeBatch;
import distkv.model.Entry;
import distkv.model.Epochs;
import distkv.model.Origin;
import distkv.model.Revision;
import distkv.store.CopyBatch;
import distkv.store.CopyFeed;
import distkv.store.Replication;
import distkv.store.StoreException;
import distkv.store.engine.Mutation;
import distkv.store.sqlite.directory.DirectoryLock;
import distkv.store.sqlite.directory.PrivateFiles;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * A full copy of a store while it is made: a file with another name, which becomes the store when it is complete. And what
 * is done to a store that nobody uses: it becomes a copy, or the main one. Used by one thread.
 */
public final class CopyFile implements AutoCloseable {
    private static final String DRAFT = StoreFile.FILE + ".copy";
    private static final String RESUME = "resume";
    private static final int CHECKPOINT_FRAMES = 1_000;
    private static final long LOST_BYTES = 1 << 20;

    /**
     * What the store in a directory is.
     *
     * @param newest its newest revision
     * @param main the address of the server that it follows; "" if it is no copy
     * @param superseded the seal of newer epochs; "" if none are known
     */
    public record Identity(String tree, Epochs epochs, String secret, long newest, String main, String superseded) {
        /** The newer epochs that this store has heard of; {@code null} if there are none. */
        public @Nullable Epochs newer() {
            return superseded.isEmpty() ? null : Epochs.unseal(superseded, secret);
        }
    }

    /**
     * A change that is only here.
     *
     * @param entry without a value: a deletion
     */
    public record Lost(Entry entry, @Nullable Origin origin) {}

    private final Path directory;
    private final Path draft;
    private @Nullable DirectoryLock lock;
    private @Nullable Connection connection;
    private @Nullable ChangeLog log;

    private CopyFile(Path directory) {
        this.directory = directory;
        this.draft = directory.resolve(DRAFT);
    }

    /** The full copy in a directory, which may have been begun before. */
    public static CopyFile in(Path directory) {
        return new CopyFile(directory);
    }

    /** What to say to go on with what was begun; "" if nothing was. */
    public String resume() {
        return at(draft, "", connected -> {
            String resume = FileFormat.textOrNull(connected, RESUME);
            return resume == null ? "" : resume;
        });
    }

    /** The last tick that it has got; -1 for none. */
    public long tick() {
        return at(draft, -1L, connected -> {
            long last = Database.number(connected, "SELECT max(tick) FROM change");
            return last == 0 ? -1 : last;
        });
    }

    /** Begins, or goes on if that is what the feed does. From then on nobody else can use the directory. */
    public void begin(CopyFeed.Start start, String main) {
        lock = DirectoryLock.take(directory);
        boolean goesOn = !start.resume().isEmpty() && start.resume().equals(resume());
        try {
            if (!goesOn) {
                for (String part : List.of("", "-wal", "-shm")) {
                    Files.deleteIfExists(directory.resolve(DRAFT + part));
                }
                PrivateFiles.makeFile(draft);
            }
            Connection opened = Database.writer(draft);
            connection = opened;
            if (!goesOn) {
                FileFormat.CURRENT.create(opened, start.facts().getOrDefault("tree", ""));
            }
            Database.run(opened, "BEGIN IMMEDIATE");
            for (Map.Entry<String, String> fact : start.facts().entrySet()) {
                FileFormat.put(opened, fact.getKey(), fact.getValue());
            }
            FileFormat.put(opened, Replication.MAIN, main);
            FileFormat.put(opened, RESUME, start.resume());
            Database.run(opened, "COMMIT");
            log = new ChangeLog(opened, new WalFile(draft));
        } catch (SQLException e) {
            throw Database.explain(draft, e);
        } catch (IOException e) {
            throw new StoreException(draft + " cannot be written: " + e, e);
        }
    }

    /** Appends a batch. */
    public void append(CopyBatch batch) {
        List<Mutation> mutations = new ArrayList<>();
        try {
            Connection opened = opened();
            Database.run(opened, "BEGIN IMMEDIATE");
            try {
                for (Map.Entry<Long, Duration> lease : batch.granted().entrySet()) {
                    Database.run(
                            opened,
                            "INSERT OR REPLACE INTO lease(id, ttl_millis) VALUES (" + lease.getKey() + ", "
                                    + lease.getValue().toMillis() + ")");
                }
                if (batch.isAll()) {
                    String live = String.join(
                            ", ",
                            batch.granted().keySet().stream()
                                    .map(String::valueOf)
                                    .toList());
                    Database.run(opened, "DELETE FROM lease WHERE id NOT IN (" + live + ")");
                }
                Database.run(opened, "COMMIT");
            } catch (SQLException e) {
                Database.run(opened, "ROLLBACK");
                throw e;
            }
            for (CopyBatch.Row row : batch.rows()) {
                Entry entry = row.entry();
                @Nullable
                Entry previous = row.replaces() == 0 ? null : new Entry(entry.path(), null, row.replaces(), 0);
                mutations.add(new Mutation.Changed(
                        new ChangeBatch(entry.revision(), List.of(entry)),
                        Collections.singletonList(previous),
                        row.id(),
                        row.origin()));
            }
            ChangeLog open = log;
            var failure = open == null || mutations.isEmpty() ? null : open.write(mutations, null);
            if (failure != null) {
                throw new StoreException(draft + " cannot be written: " + failure);
            }
            if (WalFile.frames(opened) > CHECKPOINT_FRAMES) {
                Database.run(opened, "PRAGMA wal_checkpoint(PASSIVE)");
            }
        } catch (SQLException e) {
            throw Database.explain(draft, e);
        }
    }

    private Connection opened() {
        Connection opened = connection;
        if (opened == null) {
            throw new IllegalStateException("not begun");
        }
        return opened;
    }

    /** Everything has been copied: replaces the store of the directory. */
    public void finish() {
        Path file = directory.resolve(StoreFile.FILE);
        try {
            Connection opened = opened();
            Database.run(opened, "DELETE FROM meta WHERE key = '" + RESUME + "'");
            Database.run(opened, "PRAGMA wal_checkpoint(TRUNCATE)");
            // A single file, without a log next to it.
            Database.run(opened, "PRAGMA journal_mode = DELETE");
            RecoveredState.now(opened, draft);
            closeFile();
            StoreFile.clear(directory);
            StoreFile.put(draft, file);
        } catch (SQLException e) {
            throw Database.explain(draft, e);
        } catch (IOException e) {
            throw new StoreException(draft + " cannot become " + file + ": " + e, e);
        }
    }

    @Override
    public void close() {
        try (DirectoryLock _ = lock) {
            lock = null;
            closeFile();
        }
    }

    private void closeFile() {
        Connection opened = connection;
        connection = null;
        log = null;
        try {
            if (opened != null) {
                opened.close();
            }
        } catch (SQLException e) {
            throw Database.explain(draft, e);
        }
    }

    private interface Reading<T> {
        T read(Connection connection) throws SQLException;
    }

    private static <T> T at(Path file, T otherwise, Reading<T> reading) {
        if (!Files.exists(file)) {
            return otherwise;
        }
        try (Connection connection = Database.reader(file)) {
            if (Database.number(connection, "SELECT count(*) FROM sqlite_schema WHERE name = 'meta'") == 0) {
                return otherwise;
            }
            return reading.read(connection);
        } catch (SQLException e) {
            throw Database.explain(file, e);
        }
    }

    /** What the store in a directory is, which another process may be using; {@code null} if there is none. */
    public static @Nullable Identity identity(Path directory) {
        return at(
                        directory.resolve(StoreFile.FILE),
                        Optional.<Identity>empty(),
                        connection -> Optional.ofNullable(identity(connection)))
                .orElse(null);
    }

    private static @Nullable Identity identity(Connection connection) throws SQLException {
        String epochs = FileFormat.textOrNull(connection, FileFormat.EPOCHS);
        String main = FileFormat.textOrNull(connection, Replication.MAIN);
        String superseded = FileFormat.textOrNull(connection, Replication.SUPERSEDED);
        long newest = Math.max(
                Revision.ofTick(Database.number(connection, "SELECT max(tick) FROM change")),
                FileFormat.number(connection, "compacted"));
        return epochs == null
                ? null // As a version has left it that knew no copies.
                : new Identity(
                        FileFormat.text(connection, "tree"),
                        Epochs.parse(epochs),
                        FileFormat.text(connection, FileFormat.SECRET),
                        newest,
                        main == null ? "" : main,
                        superseded == null ? "" : superseded);
    }

    /** The changes after a revision, in a store that another process may be using. */
    public static void lost(Path directory, long after, Consumer<Lost> each) {
        at(directory.resolve(StoreFile.FILE), false, connection -> {
            long tick = Revision.tick(after + 1, 0) - 1;
            List<CopyBatch.Row> rows;
            do {
                rows = ChangeRows.forCopy(connection, tick, LOST_BYTES);
                for (CopyBatch.Row row : rows) {
                    tick = row.entry().tick();
                    each.accept(new Lost(row.entry(), row.origin()));
                }
            } while (!rows.isEmpty());
            return true;
        });
    }

    /** Makes the store of a directory, which nobody may be using, a copy of what this server has. */
    public static void follow(Path directory, String main) {
        change(directory, connection -> FileFormat.put(connection, Replication.MAIN, main));
    }

    /**
     * Makes the copy in a directory, which nobody may be using, the main store: in a new epoch, which leaves out the
     * revisions that the main store may have used since.
     *
     * @return the number of the epoch
     */
    public static int promote(Path directory) {
        int[] number = {0};
        change(directory, connection -> {
            Identity copy = identity(connection);
            if (copy == null || copy.main().isEmpty()) {
                throw new StoreException("data directory " + directory + " holds no copy (expected: a follower's)");
            }
            Epochs next = copy.epochs().next(copy.newest());
            FileFormat.put(connection, FileFormat.EPOCHS, next);
            FileFormat.put(connection, Replication.MAIN, "");
            FileFormat.put(connection, Replication.FORMER, copy.main());
            FileFormat.put(connection, Replication.SUPERSEDED, "");
            StoreBackup.jump(connection, copy.newest());
            number[0] = next.number();
        });
        return number[0];
    }

    private interface Change {
        void make(Connection connection) throws SQLException;
    }

    private static void change(Path directory, Change change) {
        Path file = directory.resolve(StoreFile.FILE);
        try (DirectoryLock _ = DirectoryLock.take(directory);
                Connection connection = Database.writer(file)) {
            Database.run(connection, "BEGIN IMMEDIATE");
            try {
                change.make(connection);
                Database.run(connection, "COMMIT");
            } catch (SQLException | RuntimeException e) {
                Database.run(connection, "ROLLBACK");
                throw e;
            }
        } catch (SQLException e) {
            throw Database.explain(file, e);
        }
    }
}
