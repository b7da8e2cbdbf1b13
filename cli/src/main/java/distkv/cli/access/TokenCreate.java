package distkv.cli.access;

import distkv.access.AccessTable;
import distkv.access.Token;
import distkv.cli.context.CommandAction;
import distkv.cli.context.CommandContext;
import distkv.cli.context.HostName;
import distkv.cli.context.TreeClient;
import distkv.cli.input.FailedException;
import distkv.cli.input.UsageException;
import distkv.cli.ops.TreeLocation;
import distkv.cli.options.HelpOption;
import distkv.protocol.Request;
import java.security.SecureRandom;
import java.util.Map;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Makes a token. */
@Command(
        name = "create",
        description = {
            "Make a token for a program, and print it. It is shown this once: the server keeps only its hash.",
            "The program presents it as connect.token or DISTKV_TOKEN."
        },
        footer = {
            "",
            "Examples:",
            "  distkv token create backup --role viewer --expires 30d",
            "  distkv token create sensor --role editor --path room --expires never"
        })
public final class TokenCreate implements CommandAction.Local {
    private static final String NEVER = "never";

    @Mixin
    private TreeLocation place = new TreeLocation();

    @Mixin
    private RoleOptions roles = new RoleOptions();

    @Option(
            names = {"--expires"},
            paramLabel = "TIME",
            description = "How long it is valid, such as 12h or 30d, or never. Default: 90d.")
    private String expires = "90d";

    @Mixin
    HelpOption help = new HelpOption();

    @Parameters(paramLabel = "NAME", description = "What the token is for.")
    private String name = "";

    @Override
    public int run(CommandContext context) throws Exception {
        if (!roles.areGiven()) {
            throw new UsageException("--role: missing (expected: what the program may do)")
                    .withHint("'distkv role list' shows the roles");
        }
        double until = expires.equals(NEVER)
                ? 0
                : context.terminal().clock().instant().getEpochSecond()
                        + ExpiryOption.parse("--expires", expires).toSeconds();
        return place.with(context, HostName.name(), tree -> create(context, tree, until));
    }

    private int create(CommandContext context, TreeClient tree, double until) throws InterruptedException {
        AccessEntries known = AccessEntries.read(tree);
        if (known.tokens().stream()
                .anyMatch(token -> token.user() == null && token.name().equals(name))) {
            throw new FailedException("token " + name + ": exists already (expected: another name)")
                    .withHint("'distkv token revoke " + name + "' makes room for a new one");
        }
        Token.Created created;
        try {
            created = Token.create(name, roles.grants(known), until, by(tree), new SecureRandom());
        } catch (IllegalArgumentException e) {
            throw new UsageException(String.valueOf(e.getMessage()), e);
        }
        known.add(
                AccessTable.token(created.token().id()),
                created.token().encode(),
                "token " + created.token().id());
        context.printer().progress("the token " + name + ", which is shown only now:");
        context.printer().line(created.secret());
        return 0;
    }

    private static String by(TreeClient tree) throws InterruptedException {
        Map<?, ?> who = tree.client().call(false, Request.WhoAmI::new).fields();
        return who.isEmpty() ? "" : String.valueOf(who.get("name"));
    }
}
