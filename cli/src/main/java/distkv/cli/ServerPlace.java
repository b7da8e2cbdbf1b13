package distkv.cli;

import distkv.schema.BadEntry;
import distkv.schema.job.Limits;
import distkv.server.Server;
import distkv.server.ServerOptions;
import distkv.store.Store;
import distkv.store.sqlite.SqliteOptions;
import distkv.store.sqlite.SqliteStore;
import java.io.IOException;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Where a server of our own keeps its data and listens. */
final class ServerPlace {
    private static final long LEAST_MEMORY = 128L << 20;

    @Parameters(
            paramLabel = "NAME",
            arity = "0..1",
            description = "The server's name. Default: connect.name, the name of this machine.")
    private @Nullable String name;

    @Option(
            names = {"--data"},
            paramLabel = "DIR",
            description = "Where the tree is kept. Default: server.data, ~/.local/share/distkv.")
    private @Nullable Path data;

    @Option(
            names = {"--bind"},
            paramLabel = "ADDR:PORT",
            description = "Where to listen, on the loopback only. Default: server.bind_default, 127.0.0.1:27586.")
    private @Nullable String bind;

    /** The name of the server, and of a runner in the same process. */
    String name(Config config) {
        String configured = config.text("connect.name");
        return name != null ? name : configured != null ? configured : Machine.name();
    }

    Path data(Context context) {
        String configured = context.config().text("server.data");
        if (data == null && configured == null) {
            return ofUser(context.terminal());
        }
        return data != null ? data : Path.of(String.valueOf(configured));
    }

    /** Where the tree of a server is that a user runs. */
    static Path ofUser(Terminal terminal) {
        return Path.of(terminal.environment().getOrDefault("HOME", "/"), ".local", "share", "distkv");
    }

    /** Opens the data and starts the server. */
    Server start(Context context) throws IOException {
        checkMemory(context);
        Bind place = bind == null ? configured(context.config()) : Bind.parse(bind);
        Server server = start(data(context), name(context.config()), place);
        know(server, context.config());
        return server;
    }

    /** The virtual machine's heap is given to it by the launcher, which reads no more YAML than it must. */
    private static void checkMemory(Context context) {
        Long wanted;
        try {
            wanted = Limits.memory(
                    "configuration server.memory", context.config().find("server.memory"));
        } catch (BadEntry e) {
            throw new UsageException(e.getMessage(), e);
        }
        if (wanted == null) {
            return;
        }
        if (wanted < LEAST_MEMORY) {
            throw new UsageException("configuration server.memory: "
                    + context.config().find("server.memory") + " (expected: 128M or more)");
        }
        long has = Runtime.getRuntime().maxMemory();
        if (has < wanted - wanted / 5 || has > wanted + wanted / 5) {
            context.printer()
                    .warning("server.memory is " + (wanted >> 20) + " MiB, but the server has " + (has >> 20)
                            + " (expected: a whole number and K, M or G, in a line of its own below 'server:', for the"
                            + " launcher to read)");
        }
    }

    /** Reading where the parts of the system keep what is theirs is no error, nor where a kind, a node, a group does. */
    static void know(Server server, Config config) {
        for (distkv.model.Path prefix : config.prefixes()) {
            server.makeKnown(
                    prefix,
                    prefix.equals(config.path("runner.prefix")) || prefix.equals(config.path("runner.state")) ? 3 : 0);
        }
    }

    static Server start(Path data, String name, Bind place) throws IOException {
        ServerOptions options = ServerOptions.defaults()
                .named(name)
                .at(place.host(), place.port())
                .in(data);
        Store store = SqliteStore.openOrRead(data, SqliteOptions.of(name));
        try {
            return Server.start(options, store);
        } catch (IOException | RuntimeException e) {
            store.close();
            throw e;
        }
    }

    private static Bind configured(Config config) {
        String host = config.text("server.bind_default.host");
        return new Bind(host == null ? "localhost" : host, config.port("server.bind_default.port"));
    }

    /** What is said when it answers. */
    String report(Context context, Server server) {
        Bind place = bind == null ? configured(context.config()) : Bind.parse(bind);
        String host = place.host().equals("localhost") ? "127.0.0.1" : place.host();
        return "listening on " + new Bind(host, server.port()) + ", data in " + data(context);
    }
}
