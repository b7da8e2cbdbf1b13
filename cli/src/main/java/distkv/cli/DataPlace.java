package distkv.cli;

import distkv.server.Server;
import distkv.store.sqlite.SqliteStore;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** A tree that is behind a running server, or lies in a directory that no server uses at present. */
final class DataPlace {
    @Mixin
    private ServerAddress address = new ServerAddress();

    @Option(
            names = {"--data"},
            paramLabel = "DIR",
            description = "Not a running server's tree, but the one in this directory, which no server may be using.")
    private @Nullable Path directory;

    /** What is to be done with the tree; the result is the exit code. */
    @FunctionalInterface
    interface Work {
        int on(Tree tree) throws Exception;
    }

    /** As {@link #with}, for those who only read: a directory without a store is refused, and not made. */
    int withExisting(Context context, Work work) throws Exception {
        if (directory != null && !SqliteStore.isIn(directory)) {
            throw new FailedException("data directory " + directory
                    + " holds no store (expected: one that a server has used; without --data, the running server's)");
        }
        return with(context, Machine.name(), work);
    }

    /** @param name the tree's name, if the directory is new */
    int with(Context context, String name, Work work) throws Exception {
        if (directory == null) {
            try (Tree tree = Tree.connect(address.applyTo(context.config()))) {
                return work.on(tree);
            }
        }
        try (Server server = ServerPlace.start(directory, name, new Bind(Bind.LOOPBACK, 0));
                Tree tree = Tree.connect(Bind.at(server).applyTo(context.config()))) {
            return work.on(tree);
        }
    }
}
