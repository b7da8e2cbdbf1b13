package distkv.store.sqlite;

import distkv.store.sqlite.directory.DirectoryLock;
import distkv.store.sqlite.directory.PrivateFiles;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.sql.Connection;
import java.sql.SQLException;

/**
 * How a store handles a full disk. The file {@code reserve} occupies space that is then given up, so that deletions and
 * compaction can still be written: they need some space before they free any. Until there is space again, or enough free
 * pages in the store's own file, nothing is written that would make the tree grow.
 *
 * <p>Used by the writer's thread and by that of the compaction, which makes the reserve.
 */
final class DiskSpace {
    /** The size of the reserve in bytes: twice the log, and the pages for as many deletions. */
    static final long RESERVE = 16L << 20;

    /** With less space than this a store may not open. */
    private static final long LOW = 8L << 20;

    /** The number of free pages in the file with which the tree may grow. */
    private static final long ENOUGH_PAGES = 1024;

    private static final System.Logger LOG = System.getLogger(DiskSpace.class.getName());

    private final Path file;
    /** Why there is no space; empty if there is. Written with the lock of this object held. */
    private volatile String trouble = "";

    private volatile String refusal = "";
    private volatile boolean isKept;

    DiskSpace(Path directory) {
        this.file = directory.resolve("reserve");
    }

    /** Whether the reserve exists. */
    boolean isKept() {
        return isKept;
    }

    /** Whether the disk was full, and is not known to have space again. */
    boolean isFull() {
        return !trouble.isEmpty();
    }

    /** What prevents the tree from growing, with the directory and what to do; empty if nothing does. */
    String trouble() {
        return trouble;
    }

    /** The last {@link #trouble} there was: the reason for refused writes. */
    String refusal() {
        return refusal;
    }

    /** Called before a store is opened: gives the reserve up if there is too little space. */
    void prepareToOpen() {
        if (Files.exists(file) && isLow()) {
            full((usable() >> 10) + " kB left");
        }
    }

    /** A write has failed on a full disk: gives the reserve up. */
    synchronized void full(String reason) {
        boolean isNews = trouble.isEmpty();
        isKept = false;
        trouble = (reason.startsWith("disk full: ") ? "" : "disk full: ") + reason + " (expected: space at "
                + file.toAbsolutePath().getParent()
                + "; until then only deletions are written: delete entries, or free some space)";
        refusal = trouble;
        release();
        if (isNews) {
            LOG.log(System.Logger.Level.ERROR, "{0}", trouble);
        }
    }

    private void release() {
        try {
            if (Files.exists(file)) {
                try (FileChannel channel = FileChannel.open(file, StandardOpenOption.WRITE)) {
                    channel.truncate(0);
                }
                Files.delete(file);
            }
        } catch (IOException e) {
            LOG.log(System.Logger.Level.WARNING, "{0} cannot be given up: {1}", file, DirectoryLock.reason(e));
        }
    }

    /** Whether the tree may grow now: there is space on the disk again, or in the store's own file. */
    synchronized boolean mayGrow(Connection connection) throws SQLException {
        return trouble.isEmpty()
                || hasRoomAgain()
                || Database.number(connection, "PRAGMA freelist_count") >= ENOUGH_PAGES;
    }

    private boolean hasRoomAgain() {
        if (usable() < 2 * RESERVE) {
            return false;
        }
        trouble = "";
        LOG.log(System.Logger.Level.WARNING, "there is space on the disk again: all writes are accepted");
        return true;
    }

    /** Makes the reserve if it does not exist and there is space for it, even if the disk was full. */
    synchronized void keep() {
        if (trouble.isEmpty() || hasRoomAgain()) {
            isKept = size() >= RESERVE || (usable() >= 2 * RESERVE && make());
        }
    }

    private boolean make() {
        try {
            PrivateFiles.makeFile(file);
            try (FileChannel channel = FileChannel.open(file, StandardOpenOption.WRITE)) {
                // Only blocks that are written are really allocated.
                ByteBuffer zeros = ByteBuffer.allocate(1 << 16);
                channel.position(channel.size());
                while (channel.position() < RESERVE) {
                    zeros.rewind().limit((int) Math.min(zeros.capacity(), RESERVE - channel.position()));
                    channel.write(zeros);
                }
            }
            return true;
        } catch (IOException e) {
            release();
            return false;
        }
    }

    private long size() {
        try {
            return Files.exists(file) ? Files.size(file) : 0;
        } catch (IOException e) {
            return 0;
        }
    }

    /** Whether there is too little space to rely on opening a store. */
    boolean isLow() {
        return usable() < LOW;
    }

    private long usable() {
        try {
            return Files.getFileStore(file.toAbsolutePath().getParent()).getUsableSpace();
        } catch (IOException e) {
            return Long.MAX_VALUE;
        }
    }
}
