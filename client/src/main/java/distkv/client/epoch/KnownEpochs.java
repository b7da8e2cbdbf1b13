package distkv.client.epoch;

import distkv.protocol.Reply;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * The newest epochs that this process has seen in greetings, and those that other processes of this user have noted in the
 * file {@code ~/.config/distkv/epochs}: a line {@code TREE EPOCH SEAL} for each tree that is not in its first epoch. Where
 * that file cannot be used, what this process has seen counts. Any thread may use it.
 */
public final class KnownEpochs {
    /** Those of this user. */
    public static final KnownEpochs OF_USER =
            new KnownEpochs(Path.of(System.getenv().getOrDefault("HOME", "/"), ".config", "distkv", "epochs"));

    /**
     * An epoch that was seen.
     *
     * @param seal what tells a server of an older one
     */
    public record Seen(long epoch, String seal) {}

    private static final Pattern WORD = Pattern.compile("\\S+");
    private static final System.Logger LOG = System.getLogger(KnownEpochs.class.getName());

    private final Path file;
    /** By the ids of trees; guarded by this object. */
    private final Map<String, Seen> seen = new TreeMap<>();

    public KnownEpochs(Path file) {
        this.file = file;
    }

    /** The newer epoch that was seen of the tree of a server; {@code null} if there is none, and then its own is noted. */
    public synchronized @Nullable Seen newerThan(Reply.Standing server) {
        if (!WORD.matcher(server.tree()).matches()
                || !WORD.matcher(server.seal()).matches()) {
            return null;
        }
        read();
        Seen known = seen.get(server.tree());
        if (known != null && known.epoch() > server.epoch()) {
            return known;
        }
        if (known == null || known.epoch() < server.epoch()) {
            seen.put(server.tree(), new Seen(server.epoch(), server.seal()));
            if (server.epoch() > 1) {
                write();
            }
        }
        return null;
    }

    private void read() {
        try {
            for (String line : Files.readAllLines(file)) {
                String[] words = line.split(" ", -1);
                if (words.length == 3 && words[1].matches("[0-9]{1,9}")) {
                    Seen noted = new Seen(Long.parseLong(words[1]), words[2]);
                    seen.merge(words[0], noted, (mine, its) -> mine.epoch() >= its.epoch() ? mine : its);
                }
            }
        } catch (NoSuchFileException e) {
            // Nobody has seen a second epoch.
        } catch (IOException e) {
            LOG.log(System.Logger.Level.DEBUG, "known epochs", e);
        }
    }

    /** The last of two that write at once wins; the other epoch is noted when it is seen again. */
    private void write() {
        String text = seen.entrySet().stream()
                .filter(tree -> tree.getValue().epoch() > 1)
                .map(tree -> tree.getKey() + " " + tree.getValue().epoch() + " "
                        + tree.getValue().seal() + "\n")
                .collect(Collectors.joining());
        try {
            Path directory = file.toAbsolutePath().getParent();
            Files.createDirectories(
                    directory, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------")));
            Path next = Files.createTempFile(directory, "epochs", ".new");
            Files.writeString(next, text);
            Files.move(next, file, StandardCopyOption.ATOMIC_MOVE);
        } catch (IOException | UnsupportedOperationException e) {
            LOG.log(System.Logger.Level.DEBUG, "known epochs", e);
        }
    }
}
