package distkv.cli.options;

import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** The options that select a part of a subtree, and the form in which it is printed. */
public final class SubtreeOptions {
    @Option(
            names = {"-d", "--as-dict"},
            paramLabel = "KEY",
            description = "Print maps in maps; KEY is where each entry's value goes. Default: a list.")
    private @Nullable String key;

    @Option(
            names = {"-m", "--maxdepth"},
            paramLabel = "N",
            description = "Go at most N levels deep.")
    private @Nullable Integer deepest;

    @Option(
            names = {"-M", "--mindepth"},
            paramLabel = "N",
            description = "Start N levels deep.")
    private @Nullable Integer shallowest;

    /** The key for values in maps of maps; {@code null}: a list is wanted. */
    public @Nullable String key() {
        return key;
    }

    public boolean isUsed() {
        return key != null || deepest != null || shallowest != null;
    }

    public int least(int otherwise) {
        return shallowest == null ? otherwise : shallowest;
    }

    public int most(int otherwise) {
        return deepest == null ? otherwise : deepest;
    }
}
