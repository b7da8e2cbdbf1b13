package distkv.cli.access;

import distkv.access.AccessTable;
import distkv.access.User;
import distkv.cli.context.CommandAction;
import distkv.cli.context.CommandContext;
import distkv.cli.context.HostName;
import distkv.cli.context.TreeClient;
import distkv.cli.input.UsageException;
import distkv.cli.ops.TreeLocation;
import distkv.cli.options.HelpOption;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Adds a user. */
@Command(
        name = "add",
        description = {
            "Add somebody who can log in, with these roles, and ask for the password.",
            "A user without a password logs in by a code that another one approves (distkv login --code)."
        },
        footer = {
            "",
            "Examples:",
            "  distkv user add anna --role owner",
            "  distkv user add emil --role editor --path room.kitchen"
        })
public final class UserAdd implements CommandAction.Local {
    @Mixin
    private TreeLocation place = new TreeLocation();

    @Mixin
    private RoleOptions roles = new RoleOptions();

    @Mixin
    private PasswordOption password = new PasswordOption();

    @Option(
            names = {"--no-password"},
            description = "No password logs in.")
    private boolean noPassword;

    @Mixin
    HelpOption help = new HelpOption();

    @Parameters(paramLabel = "NAME", description = "The user's name: letters, digits and _ @ . -")
    private String name = "";

    @Override
    public int run(CommandContext context) throws Exception {
        if (!roles.areGiven()) {
            throw new UsageException("--role: missing (expected: what the user may do)")
                    .withHint("'distkv role list' shows the roles");
        } else if (noPassword && password.isGiven()) {
            throw new UsageException("--no-password, --password-stdin (expected: one of them)");
        }
        return place.with(context, HostName.name(), tree -> add(context, tree));
    }

    private int add(CommandContext context, TreeClient tree) throws InterruptedException {
        AccessEntries known = AccessEntries.read(tree);
        User user = user(context, known);
        known.add(AccessTable.user(name), user.encode(null), "user " + name);
        context.printer().remark("added user " + name + ": " + RoleOptions.shown(user.roles()));
        return 0;
    }

    private User user(CommandContext context, AccessEntries known) {
        User bare;
        try {
            bare = new User(name, roles.grants(known), null, false);
        } catch (IllegalArgumentException e) {
            throw new UsageException(String.valueOf(e.getMessage()), e);
        }
        return noPassword
                ? bare
                : bare.withPassword(password.hash(context.terminal().keyboard()));
    }
}
