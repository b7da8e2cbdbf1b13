package distkv.access.audit;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * Reads the audit log in a data directory, the oldest line first, and goes on with the lines that are written meanwhile.
 * Lines that were not written to their end are left out. Used by one thread.
 */
public final class AuditReader implements AutoCloseable {
    /** The directory of the log within a data directory. */
    public static final String DIRECTORY = "audit";
    /** The newest file in it, see {@link #older}. */
    public static final String FILE = "audit.log";

    private static final int CHUNK = 64 << 10;

    private record Opened(FileChannel channel, Object key) {}

    private final Path newest;
    private final Deque<Opened> opened = new ArrayDeque<>();
    private final ByteArrayOutputStream line = new ByteArrayOutputStream();
    private @Nullable Object last;

    /**
     * Opens what there is.
     *
     * @param data the data directory of a server
     */
    public AuditReader(Path data) throws IOException {
        this.newest = data.resolve(DIRECTORY).resolve(FILE);
        openNewer();
    }

    /** The name of an older file: the one before the newest has the number 1. */
    public static Path older(Path newest, int number) {
        return newest.resolveSibling(newest.getFileName() + "." + number);
    }

    /** Opens the files that are newer than the last one that was opened. */
    private void openNewer() throws IOException {
        Deque<Opened> found = new ArrayDeque<>();
        // From the newest one back: a file that moves on meanwhile is found twice, but never missed.
        for (int number = 0; ; number++) {
            Path path = number == 0 ? newest : older(newest, number);
            Opened file;
            try {
                file = open(path);
            } catch (NoSuchFileException _) {
                break;
            }
            if (file.key().equals(last)) {
                file.channel().close();
                break;
            }
            if (!found.isEmpty() && found.getFirst().key().equals(file.key())) {
                file.channel().close();
            } else {
                found.addFirst(file);
            }
        }
        opened.addAll(found);
        if (!opened.isEmpty()) {
            last = opened.getLast().key();
        }
    }

    private static Opened open(Path path) throws IOException {
        while (true) {
            Object key = key(path);
            FileChannel channel = FileChannel.open(path, StandardOpenOption.READ);
            if (key.equals(key(path))) {
                return new Opened(channel, key);
            }
            channel.close();
        }
    }

    private static Object key(Path path) throws IOException {
        Object key = Files.readAttributes(path, BasicFileAttributes.class).fileKey();
        return Objects.requireNonNullElse(key, path);
    }

    /** The next lines; none if there are none now. */
    public List<AuditLine> read() throws IOException {
        List<AuditLine> lines = new ArrayList<>();
        while (lines.isEmpty()) {
            if (opened.isEmpty()) {
                openNewer();
                if (opened.isEmpty()) {
                    return lines;
                }
            }
            ByteBuffer chunk = ByteBuffer.allocate(CHUNK);
            if (opened.getFirst().channel().read(chunk) > 0) {
                take(chunk.flip(), lines);
                continue;
            }
            if (opened.size() == 1) {
                openNewer();
                // What was appended before it was replaced is still to be read.
                if (opened.size() == 1) {
                    return lines;
                }
                continue;
            }
            opened.removeFirst().channel().close();
            line.reset();
        }
        return lines;
    }

    private void take(ByteBuffer chunk, List<AuditLine> lines) {
        while (chunk.hasRemaining()) {
            byte next = chunk.get();
            if (next != '\n') {
                line.write(next);
                continue;
            }
            AuditLine read = AuditLine.read(line.toString(StandardCharsets.UTF_8));
            line.reset();
            if (read != null) {
                lines.add(read);
            }
        }
    }

    @Override
    public void close() throws IOException {
        for (Opened file : opened) {
            file.channel().close();
        }
    }
}
