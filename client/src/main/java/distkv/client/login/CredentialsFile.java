package distkv.client.login;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.EnumSet;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * The file in which {@code distkv login} keeps tokens: a section for each server, named by its address, with a line
 * {@code token = …}. Only its owner may read it.
 */
public record CredentialsFile(Path path) {
    private static final String HEAD =
            "# Written by 'distkv login'. Whoever can read this file can do what you may do.\n";
    private static final Set<PosixFilePermission> PRIVATE =
            EnumSet.of(PosixFilePermission.OWNER_READ, PosixFilePermission.OWNER_WRITE);
    private static final FileAttribute<?> PRIVATE_DIRECTORY =
            PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------"));

    /** That of the user with this environment. */
    public static CredentialsFile of(Map<String, String> environment) {
        return new CredentialsFile(Path.of(environment.getOrDefault("HOME", "/"), ".config", "distkv", "credentials"));
    }

    /**
     * What is kept for a server.
     *
     * @param server its address as text
     * @return {@code null} if there is nothing
     * @throws IllegalArgumentException if others may read the file, or it cannot be used
     */
    public @Nullable ClientCredentials find(String server) {
        Map<String, String> section = read().get(server);
        try {
            return section == null ? null : ClientCredentials.of(section);
        } catch (IllegalArgumentException e) {
            throw new IllegalArgumentException("credentials " + path + ", [" + server + "]: " + e.getMessage(), e);
        }
    }

    /** Keeps credentials for a server, in place of those that were there. */
    public void put(String server, ClientCredentials credentials) {
        change(sections -> sections.put(server, credentials.toConfiguration()));
    }

    /** Forgets what is kept for a server. */
    public void remove(String server) {
        change(sections -> sections.remove(server));
    }

    private Map<String, Map<String, String>> read() {
        Map<String, Map<String, String>> sections = new LinkedHashMap<>();
        try {
            Set<PosixFilePermission> mode = Files.getPosixFilePermissions(path);
            if (!PRIVATE.containsAll(mode)) {
                throw new IllegalArgumentException("credentials " + path + ": mode "
                        + PosixFilePermissions.toString(mode) + " (expected: rw-------, as 'chmod 600' makes it)");
            }
            Map<String, String> section = new LinkedHashMap<>();
            for (String line : Files.readAllLines(path)) {
                String text = line.strip();
                int sign = text.indexOf('=');
                if (text.startsWith("[") && text.endsWith("]")) {
                    section = sections.computeIfAbsent(
                            text.substring(1, text.length() - 1), name -> new LinkedHashMap<>());
                } else if (!text.isEmpty() && !text.startsWith("#")) {
                    if (sign <= 0) {
                        throw new IllegalArgumentException(
                                "credentials " + path + ": a line without '=' (expected: lines such as 'token = …')");
                    }
                    section.put(
                            text.substring(0, sign).strip(),
                            text.substring(sign + 1).strip());
                }
            }
        } catch (NoSuchFileException e) {
            return sections;
        } catch (IOException e) {
            throw new IllegalArgumentException("credentials " + path + ": " + e.getMessage(), e);
        }
        return sections;
    }

    /** Two processes that change the file at once take turns, and a reader sees the file before or after. */
    private void change(Consumer<Map<String, Map<String, String>>> edit) {
        Path directory = Objects.requireNonNull(path.toAbsolutePath().getParent(), "a file is in a directory");
        try {
            Files.createDirectories(directory, PRIVATE_DIRECTORY);
            try (FileChannel lock = FileChannel.open(
                            directory.resolve(path.getFileName() + ".lock"),
                            Set.of(StandardOpenOption.CREATE, StandardOpenOption.WRITE),
                            PosixFilePermissions.asFileAttribute(PRIVATE));
                    var _ = lock.lock()) {
                Map<String, Map<String, String>> sections = read();
                edit.accept(sections);
                replace(directory, text(sections));
            }
        } catch (IOException e) {
            throw new UncheckedIOException("credentials " + path + ": " + e.getMessage(), e);
        }
    }

    private void replace(Path directory, String text) throws IOException {
        Path next =
                Files.createTempFile(directory, "credentials", ".new", PosixFilePermissions.asFileAttribute(PRIVATE));
        try {
            Files.writeString(next, text, StandardCharsets.UTF_8);
            Files.move(next, path, StandardCopyOption.ATOMIC_MOVE);
        } finally {
            Files.deleteIfExists(next);
        }
    }

    private static String text(Map<String, Map<String, String>> sections) {
        StringBuilder text = new StringBuilder(HEAD);
        sections.forEach((server, lines) -> {
            text.append("\n[").append(server).append("]\n");
            lines.forEach(
                    (key, value) -> text.append(key).append(" = ").append(value).append('\n'));
        });
        return text.toString();
    }
}
