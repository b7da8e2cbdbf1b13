package distkv.cli.login;

import distkv.cli.context.CommandAction;
import distkv.cli.context.CommandContext;
import distkv.cli.context.TreeClient;
import distkv.cli.options.OutputOptions;
import distkv.cli.options.ServerAddress;
import distkv.protocol.Request;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/** Shows who the server takes us for. */
@Command(
        name = "whoami",
        description = "Show as whom you are logged in to the server, and what you may do there.",
        footer = {"", "Example:", "  distkv whoami -h tls://attic"})
public final class WhoAmICommand implements CommandAction.Local {
    @Mixin
    OutputOptions output = new OutputOptions();

    @Mixin
    private ServerAddress address = new ServerAddress();

    @Override
    public int run(CommandContext context) throws InterruptedException {
        try (TreeClient tree = TreeClient.connect(context.with(address.applyTo(context.config())))) {
            Map<String, @Nullable Object> shown = new LinkedHashMap<>();
            // Empty: a server of the original.
            Map<?, ?> who = tree.client().call(false, Request.WhoAmI::new).fields();
            shown.put("name", who.get("name"));
            shown.put("server", tree.server().address());
            if (!who.isEmpty()) {
                shown.put("rights", Boolean.TRUE.equals(who.get("all")) ? List.of("everything") : who.get("rules"));
            }
            context.printer().document(shown);
        }
        return 0;
    }
}
