package distkv.cli.join;

import distkv.cli.context.CommandAction;
import distkv.cli.context.CommandContext;
import distkv.cli.context.TreeClient;
import distkv.cli.options.HelpOption;
import distkv.cli.options.ServerAddress;
import distkv.protocol.Request;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;

/** Revokes a node. */
@Command(
        name = "revoke",
        description = {
            "End all that a node may do, at once: its connections, sessions, claims, certificates and invitations. Its jobs"
                    + " go on elsewhere. It can join again with a new invitation."
        },
        footer = {"", "Example:", "  distkv node revoke attic"})
public final class NodeRevoke implements CommandAction.Local {
    @Mixin
    HelpOption help = new HelpOption();

    @Mixin
    private ServerAddress server = new ServerAddress();

    @Parameters(paramLabel = "NAME", description = "The name of the node.")
    private String name = "";

    @Override
    public int run(CommandContext context) throws InterruptedException {
        try (TreeClient tree = TreeClient.connect(context.with(server.applyTo(context.config())))) {
            var _ = tree.client().call(true, seq -> new Request.RevokeNode(seq, name));
            context.printer().remark(name + " is revoked.");
        }
        return 0;
    }
}
