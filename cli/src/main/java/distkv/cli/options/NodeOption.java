package distkv.cli.options;

import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** Which node's jobs; understood by {@code run}, and by the commands below it. */
public final class NodeOption {
    @Option(
            names = {"-n", "--node"},
            paramLabel = "NODE",
            description = "The node. Default: any one; '-': all.")
    @Nullable
    String value;
}
