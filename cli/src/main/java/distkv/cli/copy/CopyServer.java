package distkv.cli.copy;

import distkv.cli.context.CommandContext;
import distkv.cli.context.ProcessLifetime;
import distkv.cli.context.ServerLocator;
import distkv.cli.input.FailedException;
import distkv.model.Epochs;
import distkv.server.Server;
import distkv.server.copy.CopyRole;
import distkv.store.Replication;
import distkv.store.Store;
import distkv.store.sqlite.CopyFile;
import distkv.store.sqlite.SqliteOptions;
import distkv.store.sqlite.SqliteStore;
import java.io.IOException;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/** Runs a server until the process is stopped: as the main one, or as a copy that may become the main one. */
public final class CopyServer {
    private final CommandContext context;
    private final ServerStarter starter;
    private final Path data;

    public CopyServer(CommandContext context, ServerStarter starter, Path data) {
        this.context = context;
        this.starter = starter;
        this.data = data;
    }

    /** Refuses a data directory that holds no main store. */
    public static void checkIsMain(Path data) {
        CopyFile.Identity mine = CopyFile.identity(data);
        if (mine == null) {
            return;
        }
        if (!mine.main().isEmpty()) {
            throw new FailedException("data directory " + data + " holds a copy of the tree of " + mine.main()
                            + " (expected: a main store)")
                    .withHint("'distkv server --follow " + mine.main()
                            + "' goes on with it; 'distkv promote' makes it the main one");
        }
        Epochs newer = mine.newer();
        if (newer != null) {
            throw superseded(mine.epochs(), newer.number());
        }
    }

    private static FailedException superseded(Epochs mine, int newer) {
        return new FailedException(
                        "this server is of epoch " + mine.number() + " of the tree, which another server has in epoch "
                                + newer + " (expected: to follow that one)")
                .withHint("'distkv server --show-lost' lists what only this server has; 'distkv server --follow HOST'"
                        + " makes it a copy");
    }

    /** As the main server. */
    public int runMain(ProcessLifetime life, boolean sync) throws IOException, InterruptedException {
        checkIsMain(data);
        Store[] opened = new Store[1];
        try (Server server = starter.start(store -> {
            opened[0] = store;
            return new CopyRole(sync, null, _ -> life.end());
        })) {
            starter.report(server);
            Replication store = opened[0].replication();
            try (FormerMain _ = former(store)) {
                life.await();
            }
        }
        checkIsMain(data);
        return 0;
    }

    private @Nullable FormerMain former(@Nullable Replication store) {
        String address = store == null ? "" : store.fact(Replication.FORMER);
        return store == null || address.isEmpty() ? null : FormerMain.start(main(address), store);
    }

    private MainServer main(String address) {
        return new MainServer(ServerLocator.withLogIn(context, address));
    }

    /** As a copy, until it is promoted. */
    public int runCopy(ProcessLifetime life, String host) throws IOException, InterruptedException {
        MainServer main = main(host);
        if (!prepare(main, life)) {
            return 0;
        }
        while (true) {
            StoreFollower.End end = serve(main, life);
            if (end == StoreFollower.End.STOPPED) {
                return 0;
            } else if (end == StoreFollower.End.PROMOTED) {
                context.printer().now("promoted: this is the main server now, of epoch " + CopyFile.promote(data));
                return runMain(life, false);
            } else if (!new FullCopy(main, data, context.printer()).make(life)) {
                return 0;
            }
        }
    }

    /** Makes what is in the data directory a copy; false if the process is to stop before that. */
    private boolean prepare(MainServer main, ProcessLifetime life) throws InterruptedException {
        CopyFile.Identity mine = CopyFile.identity(data);
        if (mine == null && SqliteStore.isIn(data)) {
            // As an older version has left it.
            SqliteStore.open(data, SqliteOptions.of("copy")).close();
            mine = CopyFile.identity(data);
        }
        if (mine != null) {
            main.check(mine, data);
        }
        if (mine != null && !mine.main().isEmpty()) {
            if (!mine.main().equals(main.address())) {
                CopyFile.follow(data, main.address());
            }
            return true;
        }
        context.printer().remark("copying the tree of " + main.address());
        return new FullCopy(main, data, context.printer()).make(life);
    }

    private StoreFollower.End serve(MainServer main, ProcessLifetime life) throws IOException, InterruptedException {
        StoreFollower[] following = new StoreFollower[1];
        try (Server server = starter.start(store -> {
            Replication copy = store.replication();
            if (copy == null || !copy.isCopy()) {
                throw new IllegalStateException("no copy");
            }
            following[0] = new StoreFollower(main, store, copy);
            return new CopyRole(false, following[0], _ -> {});
        })) {
            try (StoreFollower follower = following[0]) {
                follower.start();
                starter.report(server);
                Thread.ofVirtual().name("distkv-stop").start(() -> {
                    try {
                        life.await();
                        follower.end().complete(StoreFollower.End.STOPPED);
                    } catch (InterruptedException e) {
                        Thread.currentThread().interrupt();
                    }
                });
                return follower.end().join();
            }
        }
    }
}
