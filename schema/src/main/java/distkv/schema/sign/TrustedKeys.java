package distkv.schema.sign;

import distkv.model.Path;
import distkv.model.PathSyntaxException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;

/**
 * The keys whose signatures count on this node. A line of their file is a path, a key and perhaps a name:
 * {@code demo ed25519:… anna}; the key counts for what has that path or one below it.
 */
public record TrustedKeys(List<TrustedKey> keys) {
    public static final TrustedKeys NONE = new TrustedKeys(List.of());

    private static final int PARTS = 3;

    /**
     * One line.
     *
     * @param prefix what it may sign
     * @param name whose it is, or the key's id if the line does not say
     */
    public record TrustedKey(Path prefix, VerifyingKey key, String name) {}

    public TrustedKeys {
        keys = List.copyOf(keys);
    }

    /**
     * Reads a file.
     *
     * @throws IOException if it cannot be read, others may write it, or a line is wrong; the message says where
     */
    public static TrustedKeys read(java.nio.file.Path file) throws IOException {
        List<String> lines;
        try {
            Set<PosixFilePermission> mode = Files.getPosixFilePermissions(file);
            if (mode.contains(PosixFilePermission.GROUP_WRITE) || mode.contains(PosixFilePermission.OTHERS_WRITE)) {
                throw new IOException(file + ": mode " + PosixFilePermissions.toString(mode)
                        + " (expected: only its owner may write it, as 'chmod 644' makes it)");
            }
            lines = Files.readAllLines(file);
        } catch (NoSuchFileException e) {
            throw new IOException(file + ": there is no such file (expected: a line PATH KEY NAME for each key)", e);
        } catch (java.nio.file.AccessDeniedException e) {
            throw new IOException(file + ": permission denied (expected: a file that may be read)", e);
        } catch (java.nio.charset.CharacterCodingException e) {
            throw new IOException(file + ": not a text in UTF-8 (expected: a line PATH KEY NAME for each key)", e);
        }
        List<TrustedKey> keys = new ArrayList<>();
        for (int i = 0; i < lines.size(); i++) {
            String line = lines.get(i).strip();
            if (!line.isEmpty() && !line.startsWith("#")) {
                keys.add(line(file + " line " + (i + 1), line));
            }
        }
        return new TrustedKeys(keys);
    }

    private static TrustedKey line(String where, String line) throws IOException {
        String[] parts = line.split("\\s+", PARTS);
        if (parts.length < 2) {
            throw new IOException(where + ": " + line + " (expected: PATH KEY NAME, with ':' for every path)");
        }
        try {
            VerifyingKey key = VerifyingKey.parse(parts[1]);
            return new TrustedKey(Path.parse(parts[0]), key, parts.length == PARTS ? parts[2] : key.id());
        } catch (PathSyntaxException e) {
            throw new IOException(where + ": " + e.getMessage(), e);
        } catch (IllegalArgumentException e) {
            throw new IOException(where + ": " + e.getMessage(), e);
        }
    }

    /** All lines with the key of this id. */
    List<TrustedKey> withId(String id) {
        return keys.stream().filter(one -> one.key().id().equals(id)).toList();
    }
}
