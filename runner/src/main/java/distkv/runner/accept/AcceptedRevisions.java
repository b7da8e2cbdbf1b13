package distkv.runner.accept;

import static java.nio.file.StandardOpenOption.CREATE;
import static java.nio.file.StandardOpenOption.CREATE_NEW;
import static java.nio.file.StandardOpenOption.WRITE;

import distkv.model.Bytes;
import distkv.model.Path;
import distkv.model.Value;
import distkv.protocol.Values;
import distkv.schema.sign.SignedName;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The file with the newest revision that this node has accepted of each piece of code. It is replaced as a whole, and
 * synced before it counts; runners of one node may share it. Without a file revisions are kept for as long as this lives.
 * Used by one thread at a time.
 */
final class AcceptedRevisions {
    private static final String TITLE = "DistKV accepted revisions";
    private static final long VERSION = 1;
    /** Held beside the lock of the file, which is only between processes. */
    private static final Object IN_THIS_PROCESS = new Object();

    private static final FileAttribute<Set<PosixFilePermission>> PRIVATE =
            PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------"));

    private final java.nio.file.@Nullable Path file;
    private final Map<SignedName, AcceptedRevision> newest = new LinkedHashMap<>();

    /**
     * What was accepted.
     *
     * @param digest of the content; a revision has only one
     */
    record AcceptedRevision(long revision, Bytes digest) {
        /** Whether this may be accepted after that. */
        boolean follows(@Nullable AcceptedRevision before) {
            return before == null || revision > before.revision || equals(before);
        }
    }

    AcceptedRevisions(java.nio.file.@Nullable Path file) {
        this.file = file;
    }

    /** Reads the file. */
    Map<SignedName, AcceptedRevision> load() throws IOException {
        if (file != null) {
            newest.clear();
            newest.putAll(read(file));
        }
        return Map.copyOf(newest);
    }

    /**
     * Adds what was accepted, unless the file has something newer by now. When this returns it survives a crash.
     *
     * @return the newest of all
     */
    Map<SignedName, AcceptedRevision> add(Map<SignedName, AcceptedRevision> accepted) throws IOException {
        if (file == null) {
            accepted.forEach(this::put);
            return Map.copyOf(newest);
        }
        java.nio.file.Path directory =
                Objects.requireNonNull(file.toAbsolutePath().getParent());
        Files.createDirectories(directory);
        java.nio.file.Path beside = file.resolveSibling(file.getFileName() + ".lock");
        synchronized (IN_THIS_PROCESS) {
            try (FileChannel channel = FileChannel.open(beside, Set.of(CREATE, WRITE), PRIVATE);
                    FileLock _ = channel.lock()) {
                load();
                accepted.forEach(this::put);
                replace(file, directory);
            }
        }
        return Map.copyOf(newest);
    }

    private void put(SignedName name, AcceptedRevision accepted) {
        if (accepted.follows(newest.get(name))) {
            newest.put(name, accepted);
        }
    }

    private void replace(java.nio.file.Path target, java.nio.file.Path directory) throws IOException {
        java.nio.file.Path part = target.resolveSibling(target.getFileName() + ".part");
        Files.deleteIfExists(part);
        try (FileChannel out = FileChannel.open(part, Set.of(CREATE_NEW, WRITE), PRIVATE)) {
            ByteBuffer bytes = ByteBuffer.wrap(encode().bytes());
            while (bytes.hasRemaining()) {
                out.write(bytes);
            }
            out.force(true);
        }
        Files.move(part, target, StandardCopyOption.ATOMIC_MOVE);
        try (FileChannel entry = FileChannel.open(directory)) {
            entry.force(true);
        }
    }

    private Value encode() {
        List<Object> rows = new ArrayList<>();
        newest.forEach((name, accepted) -> rows.add(List.of(
                name.sort(), name.path(), accepted.revision(), accepted.digest().array())));
        return Values.encode(List.of(TITLE, VERSION, rows));
    }

    private static Map<SignedName, AcceptedRevision> read(java.nio.file.Path file) throws IOException {
        Object content;
        try {
            content = Values.decode(new Value(Files.readAllBytes(file)));
        } catch (NoSuchFileException e) {
            return Map.of();
        } catch (java.nio.file.AccessDeniedException e) {
            throw new IOException(file + ": permission denied (expected: a file that the runner may read)", e);
        } catch (RuntimeException e) {
            throw unreadable(file, e);
        }
        Map<SignedName, AcceptedRevision> found = new LinkedHashMap<>();
        if (!(content instanceof List<?> all)
                || all.size() != 3
                || !TITLE.equals(all.get(0))
                || !Long.valueOf(VERSION).equals(all.get(1))
                || !(all.get(2) instanceof List<?> rows)) {
            throw unreadable(file, null);
        }
        for (Object row : rows) {
            if (row instanceof List<?> parts
                    && parts.size() == 4
                    && parts.get(0) instanceof String sort
                    && parts.get(1) instanceof Path path
                    && parts.get(2) instanceof Long revision
                    && parts.get(3) instanceof byte[] digest) {
                found.put(new SignedName(sort, path), new AcceptedRevision(revision, new Bytes(digest)));
            } else {
                throw unreadable(file, null);
            }
        }
        return found;
    }

    private static IOException unreadable(java.nio.file.Path file, @Nullable Exception cause) {
        return new IOException(
                file + ": not readable (expected: the revisions of code that this node has accepted; without the file"
                        + " it accepts older ones)",
                cause);
    }
}
