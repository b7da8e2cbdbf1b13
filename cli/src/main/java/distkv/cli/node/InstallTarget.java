package distkv.cli.node;

import distkv.cli.context.CommandContext;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** The options that say which systemd the units are for. */
final class InstallTarget {
    @Option(
            names = {"--user"},
            description = "For your own systemd, not for the whole machine.")
    private boolean user;

    @Option(
            names = {"--root"},
            paramLabel = "DIR",
            description = "Only write files below this directory, for the image of another machine.")
    private @Nullable Path root;

    boolean isUser() {
        return user;
    }

    /** Whether files of another machine are written, whose users are not known here. */
    boolean isElsewhere() {
        return root != null;
    }

    /** The systemd of this machine, or files only. */
    Systemd systemd(CommandContext context) {
        Path home = Path.of(context.terminal().environment().getOrDefault("HOME", "/root"));
        Path directory = user ? home.resolve(".config/systemd/user") : Path.of("/etc/systemd/system");
        Path at = root == null
                ? directory
                : root.toAbsolutePath().resolve(Path.of("/").relativize(directory));
        return new Systemd(at, user, root == null);
    }
}
