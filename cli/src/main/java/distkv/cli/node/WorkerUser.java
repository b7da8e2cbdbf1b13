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

/** The user of this machine whose processes are to run stored code. */
record WorkerUser(String name) {
    UsageException refused(String expected) {
        return new UsageException("--worker-user " + name + " (expected: " + expected + ")");
    }

    /** Refuses a user that cannot be used, and warns of what the user probably cannot read. */
    void check(CommandContext context) {
        UserPrincipal user = find();
        Terminal terminal = context.terminal();
        for (Path needed : List.of(terminal.home(), terminal.python(), Path.of(System.getProperty("java.home")))) {
            Path closed = closed(needed, user);
            if (closed != null) {
                context.printer()
                        .warning(
                                closed + " is closed to other users: if " + name + " cannot read " + needed
                                        + ", the runner does not start",
                                "install DistKV where all users may read it, for example below /opt");
                return;
            }
        }
    }

    private UserPrincipal find() {
        if (name.equals("root")) {
            throw refused("a user other than root, since root could touch the runner")
                    .withHint(useradd("distkv-jobs"));
        }
        try {
            // The look-up accepts any number, whether or not there is such a user; the runner does not.
            if (!name.isEmpty() && !name.matches("\\d+")) {
                return FileSystems.getDefault().getUserPrincipalLookupService().lookupPrincipalByName(name);
            }
        } catch (IOException e) {
            // Reported below.
        }
        throw refused("a user of this machine").withHint(useradd(name.isEmpty() ? "distkv-jobs" : name));
    }

    private static String useradd(String user) {
        return "'useradd --system " + user + "' adds one";
    }

    /** The outermost directory on the path to a file that only its owner and group can enter. */
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
            // A directory that does not exist, or that we cannot read, is not known to be closed.
        }
        return found;
    }
}
