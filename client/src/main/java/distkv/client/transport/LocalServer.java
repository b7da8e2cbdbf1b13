package distkv.client.transport;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Where a server on this machine may be, if nobody says where it is. */
public final class LocalServer {
    private static final String SOCKET = "distkv.sock";
    private static final Path SYSTEM = Path.of("/var/lib/distkv");
    private static final String HOST = "localhost";

    private LocalServer() {}

    /**
     * The addresses to try, one after another: the Unix sockets that there are in the usual data directories, then the
     * loopback interface.
     *
     * @param environment of the process
     * @param data the data directory that was configured, or {@code null}
     * @param port the server's port
     */
    public static List<Address> candidates(Map<String, String> environment, @Nullable Path data, int port) {
        List<Address> found = new ArrayList<>();
        List<Path> directories = data == null ? List.of(dataDirectory(environment), SYSTEM) : List.of(data);
        for (Path directory : directories) {
            Path socket = directory.toAbsolutePath().resolve(SOCKET);
            if (Files.isWritable(socket)) {
                found.add(new Address.Unix(socket));
            }
        }
        found.add(new Address.Tcp(HOST, port));
        return found;
    }

    /** Where a server that a user runs keeps its tree. */
    public static Path dataDirectory(Map<String, String> environment) {
        return Path.of(environment.getOrDefault("HOME", "/"), ".local", "share", "distkv");
    }
}
