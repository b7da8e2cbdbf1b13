package distkv.cli.access;

import distkv.access.Grant;
import distkv.access.User;
import distkv.cli.context.CommandAction;
import distkv.cli.context.CommandContext;
import distkv.cli.context.HostName;
import distkv.cli.input.UsageException;
import distkv.cli.ops.TreeLocation;
import distkv.cli.options.HelpOption;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Changes a user. */
@Command(
        name = "mod",
        description = {
            "Change what a user may do, at once, also on connections that there are.",
            "--role replaces all roles; --add-role and --remove-role change some."
        },
        footer = {
            "",
            "Examples:",
            "  distkv user mod emil --role editor --path room",
            "  distkv user mod emil --add-role operator",
            "  distkv user mod emil --disable"
        })
public final class UserMod implements CommandAction.Local {
    @Mixin
    private TreeLocation place = new TreeLocation();

    @Mixin
    private RoleOptions roles = new RoleOptions();

    @Option(
            names = {"--add-role"},
            paramLabel = "ROLE",
            description = "Add this role, at --path if that is given. Can be given repeatedly.")
    private List<String> added = new ArrayList<>();

    @Option(
            names = {"--remove-role"},
            paramLabel = "ROLE",
            description = "Take this role away. Can be given repeatedly.")
    private List<String> removed = new ArrayList<>();

    @Option(
            names = {"--disable"},
            description = "Let nobody log in as this user, and end what is logged in.")
    private boolean disable;

    @Option(
            names = {"--enable"},
            description = "The opposite.")
    private boolean enable;

    @Mixin
    HelpOption help = new HelpOption();

    @Parameters(paramLabel = "NAME", description = "The user.")
    private String name = "";

    @Override
    public int run(CommandContext context) throws Exception {
        if (disable && enable) {
            throw new UsageException("--disable, --enable (expected: one of them)");
        } else if (roles.areGiven() && !(added.isEmpty() && removed.isEmpty())) {
            throw new UsageException("--role, --add-role, --remove-role (expected: --role alone, or the others)");
        } else if (roles.hasPath() && !roles.areGiven() && added.isEmpty()) {
            throw new UsageException("--path (expected: --role or --add-role with it)");
        } else if (!roles.areGiven() && added.isEmpty() && removed.isEmpty() && !disable && !enable) {
            throw new UsageException(
                    "nothing to change (expected: --role, --add-role, --remove-role, --disable, --enable)");
        }
        return place.with(context, HostName.name(), tree -> {
            AccessEntries known = AccessEntries.read(tree);
            List<Grant> given = roles.grants(known);
            added.forEach(known::checkRole);
            User changed = AccessEntries.change(tree, name, user -> changed(user, given));
            context.printer()
                    .remark("changed user " + name + ": " + RoleOptions.shown(changed.roles())
                            + (changed.disabled() ? ", disabled" : ""));
            return 0;
        });
    }

    private User changed(User user, List<Grant> given) {
        Set<Grant> grants = new LinkedHashSet<>(roles.areGiven() ? given : user.roles());
        for (String role : removed) {
            if (!grants.removeIf(grant -> grant.role().equals(role))) {
                throw AccessEntries.missing(
                        "--remove-role " + role,
                        role,
                        user.roles().stream().map(Grant::role).distinct().toList());
            }
        }
        added.forEach(role -> grants.add(roles.grant(role)));
        return new User(name, List.copyOf(grants), user.password(), disable || (user.disabled() && !enable));
    }
}
