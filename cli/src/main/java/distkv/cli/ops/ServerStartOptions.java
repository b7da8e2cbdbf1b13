package distkv.cli.ops;

import distkv.cli.config.Config;
import distkv.cli.context.CommandContext;
import distkv.cli.context.HostName;
import distkv.cli.input.UsageException;
import distkv.cli.options.BindAddress;
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

/** The options of a server in this process: its name, its data, and its address. */
public final class ServerStartOptions {
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
            description = "The address to listen on, of the loopback interface only. Default: server.bind_default,"
                    + " 127.0.0.1:27586.")
    private @Nullable String bind;

    /** The name of the server, and of a runner in the same process. */
    String name(Config config) {
        String configured = config.text("connect.name");
        return name != null ? name : configured != null ? configured : HostName.name();
    }

    Path data(CommandContext context) {
        String configured = context.config().text("server.data");
        if (data == null && configured == null) {
            return context.terminal().dataDirectory();
        }
        return data != null ? data : Path.of(String.valueOf(configured));
    }

    /** Opens the data and starts the server. */
    public Server start(CommandContext context) throws IOException {
        checkMemory(context);
        BindAddress place = bind == null ? configured(context.config()) : BindAddress.parse(bind);
        Server server = start(data(context), name(context.config()), place);
        know(server, context.config());
        return server;
    }

    /** The launcher sets the heap; it reads only simple YAML. Warns if it did not understand the configuration. */
    private static void checkMemory(CommandContext context) {
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
                            + " (expected: a whole number and K, M or G, on a line of its own below 'server:', for the"
                            + " launcher to read)");
        }
    }

    /** Makes the system's prefixes known, so that reading them is no error while nothing is stored there. */
    static void know(Server server, Config config) {
        for (distkv.model.Path prefix : config.allPrefixes()) {
            server.makeKnown(
                    prefix,
                    prefix.equals(config.prefixes().runs())
                                    || prefix.equals(config.prefixes().states())
                            ? 3
                            : 0);
        }
    }

    public static Server start(Path data, String name, BindAddress place) throws IOException {
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

    private static BindAddress configured(Config config) {
        String host = config.text("server.bind_default.host");
        return new BindAddress(host == null ? "localhost" : host, config.port("server.bind_default.port"));
    }

    /** The line that is printed when the server is ready. */
    String report(CommandContext context, Server server) {
        BindAddress place = bind == null ? configured(context.config()) : BindAddress.parse(bind);
        String host = place.host().equals("localhost") ? "127.0.0.1" : place.host();
        return "listening on " + new BindAddress(host, server.port()) + ", data in " + data(context);
    }
}
