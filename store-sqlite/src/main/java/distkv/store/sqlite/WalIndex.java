package distkv.store.sqlite;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import org.jspecify.annotations.Nullable;

/**
 * The index of the write-ahead log, which SQLite maps into memory. When it must grow on a full disk, a commit fails
 * after its frames are in the log, and nobody can know what became of it. So it is made as long at the start as a log of
 * a gigabyte needs; until then SQLite never makes it grow.
 */
final class WalIndex {
    static final WalIndex NONE = new WalIndex(null);

    private static final long BYTES = 2L << 20;

    private final @Nullable FileChannel channel;

    private WalIndex(@Nullable FileChannel channel) {
        this.channel = channel;
    }

    /** Makes the index of an open store long enough. On a full disk it stays as it is. */
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
     * To be called when SQLite has closed all its connections, not before: closing any descriptor of a file drops all of
     * a process's locks on it, and SQLite's are on this one.
     */
    void close() {
        try {
            if (channel != null) {
                channel.close();
            }
        } catch (IOException e) {
            // It was only held open.
        }
    }
}
