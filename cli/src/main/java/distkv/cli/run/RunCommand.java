package distkv.cli.run;

import distkv.cli.options.GroupOption;
import distkv.cli.options.HelpOption;
import distkv.cli.options.NodeOption;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/** The options that say which jobs the commands below are about. */
@Command(
        name = "run",
        description = {
            "Run stored code, and manage the jobs that say what to run.",
            "Without -n, the commands are about jobs for any one node of a group; with -n NODE, about those for one"
                    + " node; with -n -, about those for all nodes."
        },
        footer = {
            "",
            "Examples:",
            "  distkv client run set -c demo.scale -p source room.raw -t 0 scale.room",
            "  distkv client run -n - list -t :"
        })
public final class RunCommand {
    @Mixin
    NodeOption node = new NodeOption();

    @Mixin
    GroupOption group = new GroupOption();

    @Mixin
    HelpOption help = new HelpOption();
}
