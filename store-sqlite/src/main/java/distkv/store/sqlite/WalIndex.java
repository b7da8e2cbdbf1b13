package distkv.store.sqlite;

import distkv.store.sqlite.directory.DirectoryLock;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import org.jspecify.annotations.Nullable;

/**
 * The index of the write-ahead log ({@code -shm}), which SQLite maps into memory. If it had to grow on a full disk, a commit
 * would fail after its frames are in the log, with an unknown outcome. So it gets the size for a log of a gigabyte at the
 * start; below that, SQLite never makes it grow.
 */
final class WalIndex {
    static final WalIndex NONE = new WalIndex(null);

    private static final long BYTES = 2L << 20;

    private final @Nullable FileChannel channel;

    private WalIndex(@Nullable FileChannel channel) {
        this.channel = channel;
    }

    /** Extends the index of an open store. On a full disk it stays as it is. */
    static WalIndex lengthen(Path file) throws IOException {
        FileChannel channel =
                FileChannel.open(file.resolveSibling(file.getFileName() + "-shm"), StandardOpenOption.WRITE);
        try {
            ByteBuffer zeros = ByteBuffer.allocate(1 << 16);
            for (long at = channel.size(); at < BYTES; ) {
                zeros.rewind().limit((int) Math.min(zeros.capacity(), BYTES - at));
                at += channel.write(zeros, at);
            }
        } catch (IOException e) {
            System.getLogger(WalIndex.class.getName())
                    .log(System.Logger.Level.WARNING, "the log''s index stays short: {0}", DirectoryLock.reason(e));
        }
        return new WalIndex(channel);
    }

    /**
     * Must be called after SQLite has closed all its connections: closing any descriptor of a file releases all locks of
     * the process on it, and SQLite locks this one.
     */
    void close() {
        try {
            if (channel != null) {
                channel.close();
            }
        } catch (IOException e) {
            // Nothing was written through it.
        }
    }
}
