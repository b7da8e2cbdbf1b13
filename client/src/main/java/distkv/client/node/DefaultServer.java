package distkv.client.node;

import distkv.client.Client;
import distkv.client.ClientOptions;
import distkv.client.ServerConnectionException;
import distkv.client.transport.LocalServer;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The server of those who name none: the one that this machine has joined, or else one on this machine. */
public final class DefaultServer {
    private DefaultServer() {}

    /**
     * What to try, one after another.
     *
     * @param environment of the process
     * @param data the data directory of a server on this machine, if it was configured, or {@code null}
     * @throws IOException if this machine has joined a server, but what it knows of that is damaged
     */
    public static List<ClientOptions> candidates(Map<String, String> environment, @Nullable Path data)
            throws IOException {
        JoinedNode joined = JoinedNode.find(environment);
        return joined == null
                ? LocalServer.candidates(environment, data, ClientOptions.DEFAULT_PORT).stream()
                        .map(ClientOptions::of)
                        .toList()
                : List.of(joined.options());
    }

    /**
     * Connects.
     *
     * @throws ServerConnectionException if there is no server
     * @throws IOException if this machine has joined a server, but what it knows of that is damaged
     */
    public static Client connect() throws IOException, InterruptedException {
        List<ClientOptions> all = candidates(System.getenv(), null);
        for (ClientOptions local : all.subList(0, all.size() - 1)) {
            try {
                return Client.connect(local);
            } catch (ServerConnectionException e) {
                System.getLogger(DefaultServer.class.getName()).log(System.Logger.Level.DEBUG, e.getMessage());
            }
        }
        return Client.connect(all.getLast());
    }
}
