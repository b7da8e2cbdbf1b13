package distkv.cli.copy;

import distkv.cli.context.CommandContext;
import distkv.cli.context.ProcessLifetime;
import distkv.cli.input.UsageException;
import java.io.IOException;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** The options about copies of a server's tree. */
public final class CopyOptions {
    @Option(
            names = {"--follow"},
            paramLabel = "HOST",
            description = "Be a read-only copy of this main server: HOST[:PORT] or tls://HOST[:PORT]. 'distkv promote'"
                    + " makes it the main one.")
    private @Nullable String main;

    @Option(
            names = {"--sync"},
            description = "Acknowledge a write only when a copy has it, too; refuse writes while none is connected.")
    private boolean sync;

    @Option(
            names = {"--show-lost"},
            description = "Do not run: list what this server had acknowledged and no copy had, when one was promoted.")
    private boolean showLost;

    /**
     * Runs what is asked for; returns the exit code.
     *
     * @param isShared whether several servers share the tree, so that none is the main one
     */
    public int run(CommandContext context, ServerStarter starter, Path data, boolean isShared)
            throws IOException, InterruptedException {
        if (isShared && (main != null || sync || showLost)) {
            throw new UsageException("--store with --follow, --sync or --show-lost (expected: one of them: servers that"
                    + " share a tree have no copies)");
        }
        if ((main == null ? 0 : 1) + (sync ? 1 : 0) + (showLost ? 1 : 0) > 1) {
            throw new UsageException("--follow, --sync, --show-lost (expected: one of them)");
        }
        if (showLost) {
            return LostChanges.show(data, context.printer());
        }
        CopyServer server = new CopyServer(context, starter, data);
        try (ProcessLifetime life = new ProcessLifetime()) {
            return main == null ? server.runMain(life, sync) : server.runCopy(life, main);
        }
    }
}
