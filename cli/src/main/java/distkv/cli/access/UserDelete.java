package distkv.cli.access;

import distkv.access.AccessTable;
import distkv.access.Token;
import distkv.access.User;
import distkv.cli.context.CommandAction;
import distkv.cli.context.CommandContext;
import distkv.cli.context.HostName;
import distkv.cli.ops.TreeLocation;
import distkv.cli.options.HelpOption;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;

/** Deletes a user. */
@Command(
        name = "delete",
        description = "Delete a user, and where the user is logged in. The last owner who can log in stays.",
        footer = {"", "Example:", "  distkv user delete emil"})
public final class UserDelete implements CommandAction.Local {
    @Mixin
    private TreeLocation place = new TreeLocation();

    @Mixin
    HelpOption help = new HelpOption();

    @Parameters(paramLabel = "NAME", description = "The user.")
    private String name = "";

    @Override
    public int run(CommandContext context) throws Exception {
        return place.with(context, HostName.name(), tree -> {
            AccessEntries known = AccessEntries.read(tree);
            User user = known.user(name);
            known.put(AccessTable.user(user.name()), null);
            // Otherwise the next user of this name would be logged in there.
            for (Token token : known.tokens()) {
                if (name.equals(token.user())) {
                    known.put(AccessTable.token(token.id()), null);
                    known.put(AccessTable.tokenUse(token.id()), null);
                }
            }
            context.printer().remark("deleted user " + name);
            return 0;
        });
    }
}
