package distkv.cli.ops;

import distkv.cli.input.UsageException;
import distkv.store.Store;
import distkv.store.etcd.EtcdAddress;
import distkv.store.etcd.EtcdOptions;
import distkv.store.etcd.EtcdStore;
import distkv.store.sqlite.SqliteOptions;
import distkv.store.sqlite.SqliteStore;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** Where a server has its tree: in its data directory, or in an etcd that several servers share. */
final class StoreOptions {
    @Option(
            names = {"--store"},
            paramLabel = "URL",
            description =
                    "Share the tree with other servers through an etcd: etcd://HOST[:PORT][,HOST[:PORT]…][/PREFIX]."
                            + " The data directory then has only what is this server's own.")
    private @Nullable String store;

    @Option(
            names = {"--old-etcd"},
            description = "Use an etcd before 3.5.13, although it may lose events and end sessions of servers that are"
                    + " alive.")
    private boolean old;

    /** Where the tree is, for people. */
    String describe(Path data) {
        return store == null ? "data in " + data : "tree in " + address(store) + ", data in " + data;
    }

    boolean isShared() {
        return store != null;
    }

    /** Opens the store of a server of that name. */
    Store open(Path data, String name) throws IOException {
        if (store == null) {
            return SqliteStore.openOrRead(data, SqliteOptions.of(name));
        }
        EtcdAddress address = address(store);
        Files.createDirectories(
                data, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------")));
        return EtcdStore.open(EtcdOptions.of(address, name).allowOld(old));
    }

    private static EtcdAddress address(String text) {
        try {
            return EtcdAddress.parse(text);
        } catch (IllegalArgumentException e) {
            throw new UsageException("--" + e.getMessage(), e);
        }
    }
}
