package distkv.cli.access;

import distkv.cli.context.CommandAction;
import distkv.cli.context.CommandContext;
import distkv.cli.context.HostName;
import distkv.cli.ops.TreeLocation;
import distkv.cli.options.HelpOption;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;

/** Gives a user a new password. */
@Command(
        name = "password",
        description = {
            "Give a user a new password. Whoever is logged in stays logged in.",
            "It takes the right admin: users cannot change their own yet."
        },
        footer = {"", "Example:", "  distkv user password emil"})
public final class UserPassword implements CommandAction.Local {
    @Mixin
    private TreeLocation place = new TreeLocation();

    @Mixin
    private PasswordOption password = new PasswordOption();

    @Mixin
    HelpOption help = new HelpOption();

    @Parameters(paramLabel = "NAME", description = "The user.")
    private String name = "";

    @Override
    public int run(CommandContext context) throws Exception {
        return place.with(context, HostName.name(), tree -> {
            AccessEntries.read(tree).user(name);
            String hash = password.hash(context.terminal().keyboard());
            AccessEntries.change(tree, name, user -> user.withPassword(hash));
            context.printer().remark("changed the password of user " + name);
            return 0;
        });
    }
}
