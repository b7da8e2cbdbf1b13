package distkv.it;

import distkv.server.Server;
import distkv.server.ServerOptions;
import distkv.store.sqlite.SqliteOptions;
import distkv.store.sqlite.SqliteStore;
import java.nio.file.Path;

/** A server as a program of its own, so that a test may stop and kill it; it ends with its standard input. */
final class ServerProgram {
    private ServerProgram() {}

    /** Takes the directory of its store, and its port, 0 for a free one; prints the port once it listens. */
    public static void main(String[] args) throws Exception {
        SqliteStore store = SqliteStore.open(Path.of(args[0]), SqliteOptions.of("tree"));
        try (Server server = Server.start(
                ServerOptions.defaults()
                        .at("127.0.0.1", Integer.parseInt(args[1]))
                        .open(true),
                store)) {
            System.out.println(server.port());
            while (System.in.read() >= 0) {
                // Nobody writes there.
            }
        }
    }
}
