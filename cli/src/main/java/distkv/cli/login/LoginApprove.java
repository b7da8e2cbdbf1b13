package distkv.cli.login;

import distkv.cli.context.CommandAction;
import distkv.cli.context.CommandContext;
import distkv.cli.context.Keyboard;
import distkv.cli.context.TreeClient;
import distkv.cli.input.FailedException;
import distkv.cli.input.UsageException;
import distkv.cli.options.HelpOption;
import distkv.cli.options.ServerAddress;
import distkv.client.ClientException;
import distkv.protocol.Request;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Lets another client in. */
@Command(
        name = "approve",
        description = {
            "Let a client in that shows this code, as yourself or, with the right admin, as another user. It tells where"
                    + " the client is, and asks.",
            "Approve only a code that you have seen on a machine in front of you, or that you were told by somebody whom"
                    + " you know."
        },
        footer = {"", "Examples:", "  distkv login approve BCDF-GHJK", "  distkv login approve BCDF-GHJK --as emil"})
public final class LoginApprove implements CommandAction.Local {
    @Mixin
    private ServerAddress address = new ServerAddress();

    @Option(
            names = {"--as"},
            paramLabel = "USER",
            description = "Log the client in as this user. Default: yourself.")
    private @Nullable String user;

    @Option(
            names = {"-y", "--yes"},
            description = "Do not ask.")
    private boolean yes;

    @Option(
            names = {"--deny"},
            description = "Refuse the client.")
    private boolean deny;

    @Mixin
    HelpOption help = new HelpOption();

    @Parameters(paramLabel = "CODE", description = "The code.")
    private String code = "";

    @Override
    public int run(CommandContext context) throws Exception {
        try (TreeClient tree = TreeClient.connect(context.with(address.applyTo(context.config())))) {
            Map<?, ?> asked = decide(tree, null);
            String who = String.valueOf(asked.get("ident"));
            String client = asked.get("client") + " at " + asked.get("address");
            if (who.isEmpty() && !deny) {
                throw new UsageException("--as: missing (expected: the user whom " + client
                        + " is to be logged in as, since you are none here)");
            }
            if (!deny && !yes && !agrees(context.terminal().keyboard(), client + " will be logged in as " + who)) {
                throw new FailedException("not approved: " + client + " still waits (expected: y, or --deny)");
            }
            decide(tree, !deny);
            context.printer().remark(deny ? "refused " + client : client + " is logged in as " + who);
            return 0;
        }
    }

    private static boolean agrees(Keyboard keyboard, String what) {
        if (!keyboard.isThere()) {
            throw new UsageException(what + ": nobody to ask (expected: a terminal, or --yes)");
        }
        String answer = keyboard.line(what + ". Approve? [y/N] ").toLowerCase(Locale.ROOT);
        return answer.equals("y") || answer.equals("yes");
    }

    private Map<?, ?> decide(TreeClient tree, @Nullable Boolean approved) throws InterruptedException {
        try {
            return tree.client()
                    .call(false, seq -> new Request.ApproveCode(seq, code, user, approved))
                    .fields();
        } catch (ClientException e) {
            throw new FailedException(String.valueOf(e.getMessage()), e);
        }
    }
}
