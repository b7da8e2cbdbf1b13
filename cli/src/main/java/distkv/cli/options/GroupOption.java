package distkv.cli.options;

import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** The group whose jobs are meant: an option of {@code run} and of the commands below it. */
public final class GroupOption {
    @Option(
            names = {"-g", "--group"},
            paramLabel = "GROUP",
            description = "The group of nodes. Default: default; '-': list groups (with 'list' or 'info').")
    @Nullable
    String value;
}
