package distkv.runner.sandbox;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFileAttributes;
import java.nio.file.attribute.PosixFilePermission;
import java.util.EnumSet;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The node's secrets: text files that only the runner's user may read. They are read anew for each run.
 *
 * @param directory where they are; {@code null}: this node has none
 */
public record SecretFiles(@Nullable Path directory) {
    private static final Set<PosixFilePermission> PRIVATE =
            EnumSet.of(PosixFilePermission.OWNER_READ, PosixFilePermission.OWNER_WRITE);
    private static final long LARGEST = 1 << 16;

    /** Secrets by the names that code finds them under. They are not shown where this is printed. */
    public record RunSecrets(Map<String, String> byName) {
        public static final RunSecrets NONE = new RunSecrets(Map.of());

        @Override
        public String toString() {
            return "secrets " + byName.keySet();
        }
    }

    /** A secret that cannot be read; the message says which, and what was expected. */
    public static final class UnreadableSecretException extends Exception {
        private static final long serialVersionUID = 1;

        UnreadableSecretException(String name, Path file, String expected) {
            super("secrets." + name + ": " + file + " (expected: " + expected + ")");
        }
    }

    /**
     * Reads files; a line break at the end of a file does not belong to the secret.
     *
     * @param wanted the files' names by the names of the secrets
     */
    public RunSecrets read(Map<String, String> wanted) throws UnreadableSecretException {
        Map<String, String> values = new LinkedHashMap<>();
        for (Map.Entry<String, String> each : wanted.entrySet()) {
            values.put(each.getKey(), read(each.getKey(), Path.of(each.getValue())));
        }
        return values.isEmpty() ? RunSecrets.NONE : new RunSecrets(values);
    }

    private String read(String name, Path file) throws UnreadableSecretException {
        if (directory == null) {
            throw new UnreadableSecretException(name, file, "a node with runner.secrets in its configuration");
        }
        Path path = directory.resolve(file);
        try {
            PosixFileAttributes attributes =
                    Files.readAttributes(path, PosixFileAttributes.class, LinkOption.NOFOLLOW_LINKS);
            if (!attributes.isRegularFile() || !PRIVATE.containsAll(attributes.permissions())) {
                throw new UnreadableSecretException(name, path, "a file with mode 0600");
            } else if (attributes.size() > LARGEST) {
                throw new UnreadableSecretException(name, path, LARGEST + " bytes at most");
            }
            String text = StandardCharsets.UTF_8
                    .newDecoder()
                    .decode(ByteBuffer.wrap(Files.readAllBytes(path)))
                    .toString();
            return text.endsWith("\n") ? text.substring(0, text.length() - 1) : text;
        } catch (CharacterCodingException e) {
            throw new UnreadableSecretException(name, path, "text in UTF-8");
        } catch (IOException e) {
            throw new UnreadableSecretException(name, path, "a file that the runner may read");
        }
    }
}
