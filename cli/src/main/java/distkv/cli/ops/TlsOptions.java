package distkv.cli.ops;

import distkv.cli.config.Config;
import distkv.cli.context.CommandContext;
import distkv.cli.input.FailedException;
import distkv.cli.input.UsageException;
import distkv.cli.options.BindAddress;
import distkv.server.ServerOptions;
import java.nio.file.Path;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** The options that say whether a server has TLS, with which certificate, and where it may listen without. */
final class TlsOptions {
    private static final String AUTO = "auto";

    @Option(
            names = {"--tls"},
            paramLabel = "auto",
            description =
                    "TLS at the port, with a certificate of the server's own authority, which it makes and renews."
                            + " Default: server.bind_default.ssl, none.")
    private @Nullable String tls;

    @Option(
            names = {"--tls-cert"},
            paramLabel = "FILE",
            description = "TLS with the certificate in this PEM file, followed by those that have signed it. It is read"
                    + " again when it has changed.")
    private @Nullable Path certificate;

    @Option(
            names = {"--tls-key"},
            paramLabel = "FILE",
            description = "The key of the certificate, PEM.")
    private @Nullable Path key;

    @Option(
            names = {"--tls-client-ca"},
            paramLabel = "FILE",
            description = "The authorities whose clients' certificates are believed, PEM.")
    private @Nullable Path clientAuthority;

    @Option(
            names = {"--plaintext"},
            description = "Listen at any address without TLS, for a network that is private or encrypted otherwise.")
    private boolean plaintext;

    /** The server's options with these in them. */
    ServerOptions applyTo(ServerOptions options, Config config) {
        ServerOptions result = options.withTls(tls(config));
        return plaintext ? result.inPlaintext() : result;
    }

    boolean isOn(Config config) {
        return !(tls(config) instanceof ServerOptions.Tls.None);
    }

    private ServerOptions.Tls tls(Config config) {
        if (tls != null && !tls.equals(AUTO)) {
            throw new UsageException(
                    "--tls " + tls + " (expected: auto; a certificate in files: --tls-cert, --tls-key)");
        } else if (tls != null && (certificate != null || key != null || clientAuthority != null)) {
            throw new UsageException("--tls auto, --tls-cert (expected: one of them)");
        } else if (certificate != null && key != null) {
            return new ServerOptions.Tls.Files(certificate, key, clientAuthority);
        } else if (certificate != null || key != null || clientAuthority != null) {
            throw new UsageException("--tls-cert, --tls-key (expected: both)");
        }
        return tls == null ? configured(config) : new ServerOptions.Tls.Automatic();
    }

    private static ServerOptions.Tls configured(Config config) {
        return switch (config.find("server.bind_default.ssl")) {
            case null -> new ServerOptions.Tls.None();
            case Boolean on when !on -> new ServerOptions.Tls.None();
            case String word when word.equals(AUTO) -> new ServerOptions.Tls.Automatic();
            case Map<?, ?> files
            when files.get("cert") instanceof String certificate && files.get("key") instanceof String key ->
                new ServerOptions.Tls.Files(
                        Path.of(certificate),
                        Path.of(key),
                        files.get("ca") instanceof String authority ? Path.of(authority) : null);
            case Object other ->
                throw new UsageException("configuration server.bind_default.ssl: " + other
                        + " (expected: false, auto, or a map with cert, key and perhaps ca)");
        };
    }

    /** Refuses what is not safe. */
    void check(BindAddress place, Config config) {
        if (!isOn(config) && !place.isLoopback() && !plaintext) {
            throw new FailedException("cannot listen on " + place
                            + " without TLS (expected: an address of the loopback interface, or TLS)")
                    .withHint("'--tls auto' adds TLS; '--plaintext' permits it without, for a tunnel or a VPN");
        }
    }

    /** Warns of what was asked for although it is not safe. */
    void warn(BindAddress place, CommandContext context) {
        if (!isOn(context.config()) && !place.isLoopback()) {
            context.printer()
                    .warning("listening on " + place + " without TLS: clients on other machines must log in, and"
                            + " whoever can read what passes learns everything");
        }
    }
}
