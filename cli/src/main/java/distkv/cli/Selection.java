package distkv.cli;

import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** Which part of a subtree, and in which shape. */
final class Selection {
    @Option(
            names = {"-d", "--as-dict"},
            paramLabel = "KEY",
            description = "Print maps in maps; KEY is where each entry's value goes. Default: a list.")
    @Nullable
    String key;

    @Option(
            names = {"-m", "--maxdepth"},
            paramLabel = "N",
            description = "Go at most N levels down.")
    @Nullable
    Integer deepest;

    @Option(
            names = {"-M", "--mindepth"},
            paramLabel = "N",
            description = "Begin N levels down.")
    @Nullable
    Integer shallowest;

    boolean isUsed() {
        return key != null || deepest != null || shallowest != null;
    }

    int least(int otherwise) {
        return shallowest == null ? otherwise : shallowest;
    }

    int most(int otherwise) {
        return deepest == null ? otherwise : deepest;
    }
}
