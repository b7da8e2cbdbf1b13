package distkv.cli;

import distkv.runner.job.Kind;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** Whose jobs the commands below are about. */
@Command(
        name = "run",
        description = {
            "Run stored code, and manage the jobs that say what to run.",
            "Without -n it is about jobs for any one node of a group, with -n NAME about those for one node,"
                    + " with -n - about those for all nodes."
        },
        footer = {
            "",
            "Examples:",
            "  distkv client run set -c demo.scale -p source room.raw -t 0 scale.room",
            "  distkv client run -n - list -t :"
        })
final class RunGroup {
    @Option(
            names = {"-n", "--node"},
            paramLabel = "NODE",
            description = "The node. Default: any one; '-': all.")
    @Nullable
    String node;

    @Option(
            names = {"-g", "--group"},
            paramLabel = "GROUP",
            description = "The group of nodes. Default: default; '-': list groups (with 'list' or 'info').")
    @Nullable
    String group;

    @Mixin
    HelpOption help = new HelpOption();

    JobScope scope() {
        Kind kind = node == null || node.isEmpty() ? Kind.ANY : node.equals("-") ? Kind.ALL : Kind.AT;
        return new JobScope(
                kind, group == null || group.isEmpty() ? JobScope.DEFAULT_GROUP : group, node == null ? "" : node);
    }
}
