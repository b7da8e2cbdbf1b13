package distkv.cli.options;

import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** Which group's jobs; understood by {@code run}, and by the commands below it. */
public final class GroupOption {
    @Option(
            names = {"-g", "--group"},
            paramLabel = "GROUP",
            description = "The group of nodes. Default: default; '-': list groups (with 'list' or 'info').")
    @Nullable
    String value;
}
