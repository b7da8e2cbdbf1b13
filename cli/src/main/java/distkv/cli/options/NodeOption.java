package distkv.cli.options;

import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** The node whose jobs are meant: an option of {@code run} and of the commands below it. */
public final class NodeOption {
    @Option(
            names = {"-n", "--node"},
            paramLabel = "NODE",
            description = "The node. Default: any one; '-': all nodes.")
    @Nullable
    String value;
}
