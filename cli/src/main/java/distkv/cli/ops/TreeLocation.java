package distkv.cli.ops;

import distkv.cli.config.Config;
import distkv.cli.context.CommandContext;
import distkv.cli.context.HostName;
import distkv.cli.context.TreeClient;
import distkv.cli.input.FailedException;
import distkv.cli.options.ServerAddress;
import distkv.client.transport.Address;
import distkv.model.process.ScratchDirectory;
import distkv.server.Server;
import distkv.server.ServerOptions;
import distkv.store.sqlite.SqliteStore;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** The options that say where the tree is: behind a running server, or in a directory that no server is using. */
public final class TreeLocation {
    @Mixin
    private ServerAddress address = new ServerAddress();

    @Option(
            names = {"--data"},
            paramLabel = "DIR",
            description =
                    "Use the tree in this directory, which no server may be using, instead of a running server's.")
    private @Nullable Path directory;

    /** Work on the tree; the result is the exit code. */
    @FunctionalInterface
    public interface Work {
        int on(TreeClient tree) throws Exception;
    }

    /** As {@link #with}, for commands that only read: a directory without a store is refused, and not created. */
    int withExisting(CommandContext context, Work work) throws Exception {
        if (directory != null && !SqliteStore.isIn(directory)) {
            throw new FailedException(
                            "data directory " + directory + " holds no store (expected: one that a server has used)")
                    .withHint("without --data, the command uses the running server's tree");
        }
        return with(context, HostName.name(), work);
    }

    /**
     * Works on the tree, in a new directory if there is none.
     *
     * @param name the tree's name, if the directory is new
     */
    public int with(CommandContext context, String name, Work work) throws Exception {
        if (directory == null) {
            try (TreeClient tree = TreeClient.connect(context.with(address.applyTo(context.config())))) {
                return work.on(tree);
            }
        }
        try (ScratchDirectory scratch = ScratchDirectory.create("distkv-data-")) {
            Path socket = scratch.path().resolve(ServerOptions.SOCKET);
            Config config = context.config().with(distkv.model.Path.of("connect", "host"), Address.UNIX + socket);
            try (Server _ = ServerStartOptions.start(directory, name, socket);
                    TreeClient tree = TreeClient.connect(context.with(config.withoutLogIn()))) {
                return work.on(tree);
            }
        }
    }
}
