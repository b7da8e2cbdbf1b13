package distkv.cli.context;

import distkv.cli.config.Config;
import distkv.cli.input.UsageException;
import distkv.client.ClientOptions;
import distkv.client.transport.Address;
import distkv.client.transport.LocalServer;
import distkv.client.transport.TlsSettings;
import java.nio.file.Path;
import java.util.List;

/** Says where the server is: where the configuration says, or else where one on this machine may be. */
public final class ServerLocator {
    private ServerLocator() {}

    /** The addresses to try, one after another. */
    static List<ClientOptions> candidates(CommandContext context) {
        Config config = context.config();
        String host = config.text("connect.host");
        int port = config.port("connect.port");
        if (host != null || port != ClientOptions.DEFAULT_PORT) {
            return List.of(options(config, host == null ? "localhost" : host));
        }
        String data = config.text("server.data");
        return LocalServer.candidates(context.terminal().environment(), data == null ? null : Path.of(data), port)
                .stream()
                .map(address ->
                        options(config, address instanceof Address.Tcp(String name, int _) ? name : address.toString()))
                .toList();
    }

    /** The name of this machine as a client. */
    public static String name(Config config) {
        String name = config.text("connect.name");
        return name == null ? HostName.name() : name;
    }

    private static ClientOptions options(Config config, String host) {
        try {
            TlsSettings tls = TlsSettings.of(config.find("connect.ssl"));
            boolean plain = tls == null || host.startsWith(Address.TLS) || host.startsWith(Address.UNIX);
            return ClientOptions.of(plain ? host : Address.TLS + host, config.port("connect.port"))
                    .withName(name(config))
                    .withConnectTimeout(config.seconds("connect.init_timeout"))
                    .withCallTimeout(config.seconds("connect.patience"))
                    .withTls(tls == null ? TlsSettings.DEFAULT : tls)
                    .withPlatformThreads();
        } catch (IllegalArgumentException e) {
            throw new UsageException("configuration connect: " + e.getMessage(), e);
        }
    }
}
