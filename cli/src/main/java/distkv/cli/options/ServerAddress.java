package distkv.cli.options;

import distkv.cli.config.Config;
import distkv.model.Path;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** The options that name the server. */
public final class ServerAddress {
    @Option(
            names = {"-h", "--host"},
            paramLabel = "HOST",
            description =
                    "The server's host, tls://HOST[:PORT], or unix:PATH. Default: connect.host, the Unix socket of"
                            + " a server on this machine, localhost.")
    private @Nullable String host;

    @Option(
            names = {"-p", "--port"},
            paramLabel = "PORT",
            description = "Its port. Default: connect.port, 27586.")
    private @Nullable Integer port;

    /** The configuration with these options in it. */
    public Config applyTo(Config config) {
        Config result = host == null ? config : config.with(Path.of("connect", "host"), host);
        return port == null ? result : result.with(Path.of("connect", "port"), (long) port);
    }
}
