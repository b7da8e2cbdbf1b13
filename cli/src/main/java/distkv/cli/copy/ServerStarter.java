package distkv.cli.copy;

import distkv.server.Server;
import distkv.server.copy.CopyRole;
import distkv.store.Store;
import java.io.IOException;
import java.util.function.Function;

/** Opens the data and starts the server of a command line. */
public interface ServerStarter {
    /**
     * Opens the data and starts the server.
     *
     * @param role what the server is, as follows from its store
     */
    Server start(Function<Store, CopyRole> role) throws IOException;

    /** Prints that the server is ready. */
    void report(Server server);
}
