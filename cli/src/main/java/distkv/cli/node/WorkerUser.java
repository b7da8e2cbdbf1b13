package distkv.cli.node;

import distkv.cli.context.CommandContext;
import distkv.cli.context.Terminal;
import distkv.cli.input.UsageException;
import java.io.IOException;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFileAttributes;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.UserPrincipal;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The user of this machine whose processes shall run stored code. */
record WorkerUser(String name) {
    UsageException refused(String expected) {
        return new UsageException("--worker-user " + name + " (expected: " + expected + ")");
    }

    /** Refuses one that cannot be, and says what that user probably cannot read. */
    void check(CommandContext context) {
        UserPrincipal user = find();
        Terminal terminal = context.terminal();
        for (Path needed : List.of(terminal.home(), terminal.python(), Path.of(System.getProperty("java.home")))) {
            Path closed = closed(needed, user);
            if (closed != null) {
                context.printer()
                        .warning(closed + " is closed to other users, so perhaps " + name + " cannot read " + needed
                                + ", and then the runner does not start (expected: an installation that all users may"
                                + " read, below /opt for instance)");
                return;
            }
        }
    }

    private UserPrincipal find() {
        if (name.equals("root")) {
            throw refused(
                    "another user than root, who could touch the runner; 'useradd --system distkv-jobs' makes one");
        }
        try {
            // The look-up takes numbers, too, whether or not there is such a user; the runner does not.
            if (!name.isEmpty() && !name.matches("\\d+")) {
                return FileSystems.getDefault().getUserPrincipalLookupService().lookupPrincipalByName(name);
            }
        } catch (IOException e) {
            // That is what is said below.
        }
        throw refused(
                "a user of this machine; 'useradd --system " + (name.isEmpty() ? "distkv-jobs" : name) + "' makes one");
    }

    /** The outermost directory on the way to a file that lets only its owner and group in. */
    private static @Nullable Path closed(Path file, UserPrincipal user) {
        @Nullable Path found = null;
        try {
            for (Path at = file.toRealPath(); at != null; at = at.getParent()) {
                PosixFileAttributes attributes = Files.readAttributes(at, PosixFileAttributes.class);
                if (!attributes.permissions().contains(PosixFilePermission.OTHERS_EXECUTE)
                        && !attributes.owner().equals(user)) {
                    found = at;
                }
            }
        } catch (IOException e) {
            // What is not there, or hidden from us, is not known to be closed.
        }
        return found;
    }
}
