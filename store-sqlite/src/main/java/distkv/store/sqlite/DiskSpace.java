package distkv.store.sqlite;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.sql.Connection;
import java.sql.SQLException;

/**
 * What a store does about a disk that is full. The file {@code reserve} holds room that is given up then, so that
 * deletions and compaction can still be written, which need some before they free any. Until there is room
 * again, or the store's own file has enough free pages, nothing is written that makes the tree grow.
 *
 * <p>Used by the writer's thread, and by that of the compaction, which makes the reserve.
 */
final class DiskSpace {
    /** The reserve's size in bytes: a log twice over, and the pages that as many deletions take. */
    static final long RESERVE = 16L << 20;

    /** With less room than this a store cannot be expected to open. */
    private static final long LOW = 8L << 20;

    /** Free pages of the file from which on the tree may grow within it. */
    private static final long ENOUGH_PAGES = 1024;

    private static final System.Logger LOG = System.getLogger(DiskSpace.class.getName());

    private final Path file;
    /** Why there is no room; empty if there is. Written with this object's lock held. */
    private volatile String trouble = "";

    private volatile String refusal = "";
    private volatile boolean isKept;

    DiskSpace(Path directory) {
        this.file = directory.resolve("reserve");
    }

    /** Whether the reserve is there. */
    boolean isKept() {
        return isKept;
    }

    /** Whether the disk was full and is not known to have room again. */
    boolean isFull() {
        return !trouble.isEmpty();
    }

    /** What keeps the tree from growing, in words that name the disk and say what to do; empty if nothing does. */
    String trouble() {
        return trouble;
    }

    /** The newest trouble there was: what those are told whom it has refused. */
    String refusal() {
        return refusal;
    }

    /** Before a store is opened: gives the reserve up if there is too little room for that. */
    void openedSoon() {
        if (Files.exists(file) && isLow()) {
            full("there are " + (usable() >> 10) + " kB of room");
        }
    }

    /** The disk has said that it is full: gives up the reserve. */
    synchronized void full(String reason) {
        boolean isNews = trouble.isEmpty();
        isKept = false;
        trouble = (reason.startsWith("disk full: ") ? "" : "disk full: ") + reason + " (expected: room at "
                + file.toAbsolutePath().getParent()
                + "; until there is some, only deletions are written: delete entries, or make room)";
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

    /** Whether the tree may grow now: there is room on the disk again, or in the store's own file. */
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
        LOG.log(System.Logger.Level.WARNING, "there is room on the disk again: everything is written");
        return true;
    }

    /** Makes the reserve if there is none and there is room for it, also if the disk was full. */
    synchronized void keep() {
        if (trouble.isEmpty() || hasRoomAgain()) {
            isKept = size() >= RESERVE || (usable() >= 2 * RESERVE && make());
        }
    }

    private boolean make() {
        try {
            PrivateFiles.makeFile(file);
            try (FileChannel channel = FileChannel.open(file, StandardOpenOption.WRITE)) {
                // Blocks that are only promised are none, so it is written.
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

    /** Whether there is so little room that a store may not open for lack of it. */
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
