package distkv.cli.access;

import distkv.access.User;
import distkv.cli.context.CommandAction;
import distkv.cli.context.CommandContext;
import distkv.cli.context.HostName;
import distkv.cli.context.TreeClient;
import distkv.cli.input.FailedException;
import distkv.cli.ops.TreeLocation;
import distkv.cli.options.HelpOption;
import distkv.protocol.Request;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;

/** Gives a user a new password. */
@Command(
        name = "password",
        description = {
            "Give a user a new password. Whoever is logged in stays logged in.",
            "Without a name it is your own, and the present one is asked for. Another user's takes the right admin."
        },
        footer = {"", "Examples:", "  distkv user password -h tls://attic", "  distkv user password emil"})
public final class UserPassword implements CommandAction.Local {
    @Mixin
    private TreeLocation place = new TreeLocation();

    @Mixin
    private PasswordOption password = new PasswordOption();

    @Mixin
    HelpOption help = new HelpOption();

    @Parameters(paramLabel = "NAME", arity = "0..1", description = "The user. Default: whoever is logged in.")
    private @Nullable String name;

    @Override
    public int run(CommandContext context) throws Exception {
        return place.with(context, HostName.name(), tree -> {
            String changed = name == null ? changeOwn(tree, context) : change(tree, context, name);
            context.printer().remark("changed the password of user " + changed);
            return 0;
        });
    }

    private String change(TreeClient tree, CommandContext context, String user) throws InterruptedException {
        AccessEntries.read(tree).user(user);
        String hash = password.hash(context.terminal().keyboard());
        AccessEntries.change(tree, user, found -> found.withPassword(hash));
        return user;
    }

    /** Changes the password of whoever is logged in; returns the name. */
    private String changeOwn(TreeClient tree, CommandContext context) throws InterruptedException {
        Object who = tree.client().call(false, Request.WhoAmI::new).fields().get("name");
        if (!(who instanceof String user) || !User.isName(user)) {
            throw new FailedException("you are " + who + ", and no user (expected: a log-in as a user, or a name)")
                    .withHint("'distkv login' logs you in, and 'distkv user password NAME' changes another one's");
        }
        PasswordOption.Change change = password.change(context.terminal().keyboard());
        tree.client()
                .call(
                        true,
                        seq -> new Request.ChangePassword(
                                seq,
                                new Request.Secret(change.present(), null),
                                new Request.Secret(change.next(), null)));
        return user;
    }
}
