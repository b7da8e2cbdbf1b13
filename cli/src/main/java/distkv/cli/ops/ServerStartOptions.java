package distkv.cli.ops;

import distkv.cli.config.Config;
import distkv.cli.context.CommandContext;
import distkv.cli.context.HostName;
import distkv.cli.copy.CopyServer;
import distkv.cli.copy.ServerStarter;
import distkv.cli.input.FailedException;
import distkv.cli.input.UsageException;
import distkv.cli.options.BindAddress;
import distkv.client.transport.Address;
import distkv.schema.BadEntry;
import distkv.schema.job.Limits;
import distkv.server.NobodyCanLogInException;
import distkv.server.Server;
import distkv.server.ServerOptions;
import distkv.server.copy.CopyRole;
import distkv.store.Store;
import java.io.IOException;
import java.nio.file.Path;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Mixin;
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
            description = "The address to listen on; without --tls, of the loopback interface only. Default:"
                    + " server.bind_default, 127.0.0.1:27586.")
    private @Nullable String bind;

    @Option(
            names = {"--socket"},
            paramLabel = "PATH|none",
            description = "The Unix socket for clients on this machine. Default: server.socket, distkv.sock in the data"
                    + " directory.")
    private @Nullable String socket;

    @Mixin
    private StoreOptions store = new StoreOptions();

    @Mixin
    private TlsOptions tls = new TlsOptions();

    @Mixin
    private AccessOptions access = new AccessOptions();

    /** The name of the server, and of a runner in the same process. */
    String name(Config config) {
        String configured = config.text("connect.name");
        return name != null ? name : configured != null ? configured : HostName.name();
    }

    Path data(CommandContext context) {
        return context.dataDirectory(data);
    }

    /**
     * Opens the data and starts the server, as the main one.
     *
     * @param whenSuperseded called if another server turns out to be the main one
     */
    public Server start(CommandContext context, Runnable whenSuperseded) throws IOException {
        CopyServer.checkIsMain(data(context));
        return start(context, _ -> new CopyRole(false, null, _ -> whenSuperseded.run()));
    }

    /** Starts the server, whatever it is. */
    ServerStarter starter(CommandContext context) {
        return new ServerStarter() {
            @Override
            public Server start(Function<Store, CopyRole> role) throws IOException {
                return ServerStartOptions.this.start(context, role);
            }

            @Override
            public void report(Server server) {
                context.printer().now(ServerStartOptions.this.report(context, server));
            }
        };
    }

    private Server start(CommandContext context, Function<Store, CopyRole> role) throws IOException {
        checkMemory(context);
        Config config = context.config();
        BindAddress place = place(config);
        ServerOptions options = tls.applyTo(
                ServerOptions.defaults()
                        .at(place.host(), place.port())
                        .withSocket(localSocket(config))
                        .withPrefixes(config.prefixes()),
                config);
        options = access.applyTo(options);
        tls.check(place, config);
        access.check(place);
        try {
            Server server = start(store, data(context), name(config), options, role);
            know(server, config);
            tls.warn(place, context);
            access.warn(context);
            return server;
        } catch (NobodyCanLogInException e) {
            throw new FailedException(String.valueOf(e.getMessage()), e)
                    .withHint("'distkv user add NAME --role owner --data " + data(context) + "' adds the first user");
        }
    }

    private BindAddress place(Config config) {
        return bind == null ? configured(config) : BindAddress.parse(bind);
    }

    private ServerOptions.LocalSocket localSocket(Config config) {
        String where = socket == null ? config.text("server.socket") : socket;
        if (where == null) {
            return new ServerOptions.LocalSocket.InDirectory();
        }
        return where.equals("none")
                ? new ServerOptions.LocalSocket.None()
                : new ServerOptions.LocalSocket.At(Path.of(where));
    }

    /** The configuration of a client in the same process: it uses the Unix socket if there is one. */
    Config reach(Server server, Config config) {
        Path local = server.socketPath();
        if (local != null) {
            return config.with(distkv.model.Path.of("connect", "host"), Address.UNIX + local)
                    .with(distkv.model.Path.of("connect", "port"), (long) server.port());
        } else if (tls.isOn(config) || !access.isOpen()) {
            throw new UsageException("--socket none (expected: a Unix socket, by which the runner reaches the server;"
                    + " or --open, without TLS)");
        }
        return BindAddress.loopback(server.port()).applyTo(config);
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

    /** Starts a server for this process only, with a Unix socket. */
    static Server start(Path data, String name, Path socket) throws IOException {
        return start(
                data,
                name,
                ServerOptions.defaults()
                        .at(BindAddress.LOOPBACK, 0)
                        .withSocket(new ServerOptions.LocalSocket.At(socket)));
    }

    /** Starts a server with these options, under this name and in this directory. */
    public static Server start(Path data, String name, ServerOptions options) throws IOException {
        return start(new StoreOptions(), data, name, options, _ -> CopyRole.MAIN);
    }

    private static Server start(
            StoreOptions where, Path data, String name, ServerOptions options, Function<Store, CopyRole> role)
            throws IOException {
        Store store = where.open(data, name);
        try {
            return Server.start(options.named(name).in(data), store, role.apply(store));
        } catch (IOException | RuntimeException e) {
            store.close();
            throw e;
        }
    }

    /** Whether other servers have the tree, too. */
    boolean isShared() {
        return store.isShared();
    }

    private static BindAddress configured(Config config) {
        String host = config.text("server.bind_default.host");
        return new BindAddress(host == null ? "localhost" : host, config.port("server.bind_default.port"));
    }

    /** The line that is printed when the server is ready. */
    String report(CommandContext context, Server server) {
        BindAddress place = place(context.config());
        String host = place.host().equals("localhost") ? "127.0.0.1" : place.host();
        String scheme = tls.isOn(context.config()) ? Address.TLS : "";
        return "listening on " + scheme + new BindAddress(host, server.port()) + ", " + store.describe(data(context));
    }
}
