package distkv.store.sqlite;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;

/**
 * The write-ahead log ({@code -wal}) as a file: what SQLite does not do with it. SQLite locks the index and not the log, so
 * opening and closing the log here does no harm.
 */
final class WalFile {
    /** How long the log usually gets. */
    static final int BYTES = 5 << 20;

    private static final int HEADER = 32;
    private static final int FRAME_HEADER = 24;
    private static final long FRAME = FRAME_HEADER + FileFormat.PAGE;
    private static final int HEADER_SALT = 16;
    private static final int FRAME_SALT = 8;

    private final Path path;

    /** @param file the database */
    WalFile(Path file) {
        this.path = file.resolveSibling(file.getFileName() + "-wal");
    }

    /** Makes the log as long as it usually gets, filled with zeros, which SQLite does not take for frames. */
    void lengthen() throws IOException {
        try (FileChannel log = FileChannel.open(path, StandardOpenOption.CREATE, StandardOpenOption.WRITE)) {
            long size = log.size();
            if (size < BYTES) {
                log.position(size);
                writeZeros(log, (int) (BYTES - size));
                log.force(true);
            }
        }
    }

    /** How many frames count: those up to the last commit that has succeeded. Negative if this is not known now. */
    static long frames(Connection connection) throws SQLException {
        try (Statement statement = connection.createStatement();
                ResultSet row = statement.executeQuery("PRAGMA wal_checkpoint(NOOP)")) {
            return row.next() ? row.getLong(2) : -1;
        }
    }

    /**
     * Makes everything after so many frames invalid, durably: the headers of the next frames become zeros, all of them, since
     * the next transaction may write the first ones again as they were. Where not even zeros can be written, the log is cut
     * off, which needs no space.
     */
    void eraseAfter(long frames) throws IOException {
        if (frames < 0) {
            throw new IOException("the length of the log is not known");
        }
        long end = HEADER + frames * FRAME;
        try (FileChannel log = FileChannel.open(path, StandardOpenOption.READ, StandardOpenOption.WRITE)) {
            // Frames of earlier uses of the log have another salt; 0 is none.
            long salt = salt(log, HEADER_SALT);
            if (salt == 0 || salt(log, end + FRAME_SALT) != salt) {
                return;
            }
            try {
                for (long at = end; salt(log, at + FRAME_SALT) == salt; at += FRAME) {
                    log.position(at);
                    writeZeros(log, FRAME_HEADER);
                }
            } catch (IOException e) {
                log.truncate(end);
            }
            log.force(true);
        }
    }

    /** The salt at a position; 0 if the file ends before it does. */
    private static long salt(FileChannel log, long position) throws IOException {
        ByteBuffer bytes = ByteBuffer.allocate(Long.BYTES);
        while (bytes.hasRemaining()) {
            if (log.read(bytes, position + bytes.position()) < 0) {
                return 0;
            }
        }
        return bytes.getLong(0);
    }

    private static void writeZeros(FileChannel log, int count) throws IOException {
        ByteBuffer zeros = ByteBuffer.allocate(count);
        while (zeros.hasRemaining()) {
            log.write(zeros);
        }
    }
}
