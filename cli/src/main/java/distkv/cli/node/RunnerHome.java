package distkv.cli.node;

import distkv.cli.input.FailedException;
import distkv.client.node.JoinedNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The home directory of the user of an installed runner, where it finds the server that it has joined. */
record RunnerHome(Path path) {
    private static final Path USERS = Path.of("/etc/passwd");
    private static final int HOME_FIELD = 5;

    /** That of a user of this machine; {@code null} if it is not known. */
    static @Nullable RunnerHome of(String user) {
        try {
            return Files.readAllLines(USERS).stream()
                    .map(line -> line.split(":", -1))
                    .filter(fields -> fields[0].equals(user) && fields.length > HOME_FIELD)
                    .map(fields -> new RunnerHome(Path.of(fields[HOME_FIELD])))
                    .findFirst()
                    .orElse(null);
        } catch (IOException e) {
            // A user that only a directory service knows.
            return null;
        }
    }

    /** The node that the user's runner is; {@code null} if the user has not joined. */
    @Nullable
    JoinedNode node() {
        try {
            return JoinedNode.find(Map.of("HOME", path.toString()));
        } catch (IOException e) {
            throw new FailedException(String.valueOf(e.getMessage()), e);
        }
    }
}
