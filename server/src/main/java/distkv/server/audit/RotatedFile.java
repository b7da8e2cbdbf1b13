package distkv.server.audit;

import distkv.access.audit.AuditReader;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * A file of lines that begins anew when it is full: the one before then has the number 1 at the end of its name, the one
 * before that 2, and so on. Only its owner can read it. Used by one thread.
 */
final class RotatedFile implements AutoCloseable {
    private final Path path;
    private final Path directory;
    private final long maxBytes;
    private final int files;
    private @Nullable FileChannel channel;
    private long size;

    /** @param files how many there are at most */
    RotatedFile(Path path, long maxBytes, int files) {
        this.path = path;
        this.directory =
                Objects.requireNonNull(path.toAbsolutePath().normalize().getParent());
        this.maxBytes = maxBytes;
        this.files = files;
    }

    /** The permissions of what is made in a directory; none where the file system has none. */
    private static FileAttribute<?>[] onlyFor(String permissions, Path directory) throws IOException {
        return Files.getFileStore(directory).supportsFileAttributeView("posix")
                ? new FileAttribute<?>[] {
                    PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString(permissions))
                }
                : new FileAttribute<?>[0];
    }

    /** Appends whole lines, durably. If that fails, nothing of them is left. */
    void append(byte[] lines) throws IOException {
        FileChannel out = channel == null ? open() : channel;
        if (size > 0 && size + lines.length > maxBytes) {
            close();
            rotate();
            out = open();
        }
        try {
            ByteBuffer rest = ByteBuffer.wrap(lines);
            for (long at = size; rest.hasRemaining(); at = size + rest.position()) {
                out.write(rest, at);
            }
            out.force(false);
            size += lines.length;
        } catch (IOException e) {
            shorten(out, e);
            throw e;
        }
    }

    /** The next attempt opens the file again: it may be another one by then. */
    private void shorten(FileChannel out, IOException why) {
        try {
            out.truncate(size);
        } catch (IOException e) {
            why.addSuppressed(e);
        }
        close();
    }

    private FileChannel open() throws IOException {
        if (!Files.exists(directory)) {
            Files.createDirectory(directory, onlyFor("rwx------", directory.resolveSibling(".")));
        }
        if (!Files.exists(path, LinkOption.NOFOLLOW_LINKS)) {
            Files.createFile(path, onlyFor("rw-------", directory));
        }
        FileChannel opened = FileChannel.open(path, StandardOpenOption.READ, StandardOpenOption.WRITE);
        channel = opened;
        size = opened.size();
        if (size > 0) {
            endLine(opened);
        }
        return opened;
    }

    /** A line that a killed process has left unfinished stays one of its own. */
    private void endLine(FileChannel opened) throws IOException {
        ByteBuffer last = ByteBuffer.allocate(1);
        opened.read(last, size - 1);
        if (last.get(0) != '\n') {
            opened.write(ByteBuffer.wrap(new byte[] {'\n'}), size);
            size++;
        }
    }

    private void rotate() throws IOException {
        for (int number = files - 1; number > 0; number--) {
            Path from = number == 1 ? path : AuditReader.older(path, number - 1);
            if (Files.exists(from, LinkOption.NOFOLLOW_LINKS)) {
                Files.move(from, AuditReader.older(path, number), StandardCopyOption.ATOMIC_MOVE);
            }
        }
    }

    @Override
    public void close() {
        FileChannel open = channel;
        channel = null;
        if (open != null) {
            try {
                open.close();
            } catch (IOException e) {
                System.getLogger(RotatedFile.class.getName()).log(System.Logger.Level.DEBUG, "closing", e);
            }
        }
    }
}
