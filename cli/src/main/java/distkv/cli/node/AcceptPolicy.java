package distkv.cli.node;

import distkv.cli.config.Config;
import distkv.cli.context.ServerLocator;
import distkv.cli.context.Terminal;
import distkv.cli.input.FailedException;
import distkv.cli.input.UsageException;
import distkv.cli.key.KeyFile;
import distkv.runner.accept.CodeGate;
import distkv.runner.accept.NodePolicy;
import distkv.runner.accept.SigningMode;
import distkv.schema.BadEntry;
import distkv.schema.code.Catalog;
import distkv.schema.job.Limits;
import distkv.schema.sign.TrustedKeys;
import java.io.IOException;
import java.nio.file.Path;
import java.util.LinkedHashSet;

/** What a node accepts, as {@code accept} in its configuration says. */
public final class AcceptPolicy {
    private AcceptPolicy() {}

    static NodePolicy read(Config config, Terminal terminal, String node) {
        SigningMode mode = mode(config);
        return new NodePolicy(
                mode,
                mode == SigningMode.OFF ? TrustedKeys.NONE : keys(config),
                mode == SigningMode.OFF ? null : revisions(config, terminal, node),
                new LinkedHashSet<>(config.texts("accept.authors")),
                new LinkedHashSet<>(config.texts("accept.groups")),
                limits(config));
    }

    /** Judges code that is called in this process as a runner on this machine would. */
    public static Catalog.Judge ofCalls(Config config, Terminal terminal) {
        try {
            return CodeGate.ofCalls(read(config, terminal, ServerLocator.name(config)));
        } catch (IOException e) {
            throw new FailedException(String.valueOf(e.getMessage()), e);
        }
    }

    private static SigningMode mode(Config config) {
        // YAML reads 'off' as false.
        String word = Boolean.FALSE.equals(config.find("accept.signing"))
                ? SigningMode.OFF.word()
                : String.valueOf(config.text("accept.signing"));
        try {
            return SigningMode.named(word);
        } catch (IllegalArgumentException e) {
            throw new UsageException("configuration accept.signing: " + e.getMessage(), e);
        }
    }

    private static TrustedKeys keys(Config config) {
        String file = config.text("accept.keys");
        if (file == null) {
            throw new UsageException(
                    "configuration accept.keys (expected: the file with the keys that this node trusts,"
                            + " since accept.signing is " + mode(config).word() + ")");
        }
        return KeyFile.trusted(Path.of(file));
    }

    private static Path revisions(Config config, Terminal terminal, String node) {
        String directory = config.text("accept.revisions");
        Path where = directory == null
                ? terminal.dataDirectory().resolveSibling("distkv-node").resolve("accepted")
                : Path.of(directory);
        // A node's name may hold anything.
        return where.toAbsolutePath()
                .resolve(java.net.URLEncoder.encode(node, java.nio.charset.StandardCharsets.UTF_8)
                        .replace(".", "%2E"));
    }

    /** How much a run may use at most. */
    static Limits limits(Config config) {
        try {
            return Limits.read(config.find("accept.limits"));
        } catch (BadEntry e) {
            throw new UsageException("configuration accept." + e.getMessage(), e);
        }
    }
}
