package distkv.cli.context;

import distkv.cli.config.Config;
import distkv.cli.input.FailedException;
import distkv.cli.input.UsageException;
import distkv.cli.input.YamlFile;
import distkv.client.ClientOptions;
import distkv.client.login.ClientCredentials;
import distkv.client.login.CredentialsFile;
import distkv.client.node.JoinedNode;
import distkv.client.transport.Address;
import distkv.client.transport.LocalServer;
import distkv.client.transport.TlsSettings;
import java.io.IOException;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** Says where the server is: where the configuration says, or else where one on this machine may be. */
public final class ServerLocator {
    private static final Pattern HOST_AND_PORT = Pattern.compile("([^:/]+|\\[[0-9a-fA-F:.]+]):([0-9]{1,5})");

    private ServerLocator() {}

    /** The addresses to try, one after another. */
    static List<ClientOptions> candidates(CommandContext context) {
        Config config = context.config();
        String host = config.text("connect.host");
        int port = config.port("connect.port");
        Map<String, String> environment = context.terminal().environment();
        JoinedNode joined = joined(context);
        if (host != null || port != ClientOptions.DEFAULT_PORT) {
            ClientOptions given = options(config, host == null ? "localhost" : host);
            return List.of(withLogIn(asNode(given, config, joined), config, environment));
        } else if (joined != null) {
            ClientOptions given = options(config, joined.server().toString());
            return List.of(withLogIn(asNode(given, config, joined), config, environment));
        }
        String data = config.text("server.data");
        return LocalServer.candidates(environment, data == null ? null : Path.of(data), port).stream()
                .map(address ->
                        options(config, address instanceof Address.Tcp(String name, int _) ? name : address.toString()))
                .map(options -> withLogIn(options, config, environment))
                .toList();
    }

    /** This machine as a node; {@code null} if it has not joined. */
    private static @Nullable JoinedNode joined(CommandContext context) {
        try {
            return JoinedNode.find(context.terminal().environment());
        } catch (IOException e) {
            throw new FailedException(String.valueOf(e.getMessage()), e)
                    .withHint("delete it, and join again with a new invitation");
        }
    }

    /** The same; {@code null} also if another server than the one that it has joined is configured. */
    public static @Nullable JoinedNode node(CommandContext context) {
        JoinedNode joined = joined(context);
        List<ClientOptions> candidates = joined == null ? List.of() : candidates(context);
        return joined != null && candidates.getFirst().tls().equals(joined.tls()) ? joined : null;
    }

    /** With the certificate of the node, at the server that the machine has joined. */
    private static ClientOptions asNode(ClientOptions options, Config config, @Nullable JoinedNode joined) {
        return joined != null
                        && config.find("connect.ssl") == null
                        && options.server().equals(joined.server())
                ? options.withTls(joined.tls())
                        .withName(config.text("connect.name") == null ? joined.name() : options.name())
                : options;
    }

    /**
     * One server, without a log-in.
     *
     * @param host also {@code HOST:PORT}; {@code null} for the configured one
     */
    public static ClientOptions at(CommandContext context, @Nullable String host) {
        Config config = context.config();
        String configured = config.text("connect.host");
        String wanted = host != null ? host : configured != null ? configured : "localhost";
        Matcher port = HOST_AND_PORT.matcher(wanted);
        return port.matches()
                ? options(
                        config.with(distkv.model.Path.of("connect", "port"), Long.parseLong(port.group(2))),
                        port.group(1))
                : options(config, wanted);
    }

    /** One server, {@code HOST} or {@code HOST:PORT}, with the log-in for it, and as the node that this machine is there. */
    public static ClientOptions withLogIn(CommandContext context, String host) {
        Config config = context.config();
        return withLogIn(
                asNode(at(context, host), config, joined(context)),
                config,
                context.terminal().environment());
    }

    /** The name of this machine as a client. */
    public static String name(Config config) {
        String name = config.text("connect.name");
        return name == null ? HostName.name() : name;
    }

    /** The name of this machine as a node of runners. */
    public static String nodeName(CommandContext context) {
        JoinedNode node = node(context);
        return node == null || context.config().text("connect.name") != null ? name(context.config()) : node.name();
    }

    /** With what is configured, or else with what {@code distkv login} has kept for this server. */
    private static ClientOptions withLogIn(ClientOptions options, Config config, Map<String, String> environment) {
        ClientCredentials configured = configured(config);
        try {
            return options.withCredentials(
                    configured == null ? CredentialsFile.of(environment).find(options.address()) : configured);
        } catch (IllegalArgumentException e) {
            throw new FailedException(String.valueOf(e.getMessage()), e);
        }
    }

    private static @Nullable ClientCredentials configured(Config config) {
        Map<Object, @Nullable Object> connect = new HashMap<>();
        if (config.find("connect") instanceof Map<?, ?> found) {
            connect.putAll(found);
        }
        if (connect.get("auth") instanceof String text && text.startsWith("=")) {
            connect.put("auth", YamlFile.read(Path.of(text.substring(1))));
        }
        try {
            return ClientCredentials.of(connect);
        } catch (IllegalArgumentException e) {
            throw new UsageException("configuration connect." + e.getMessage(), e);
        }
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
