package distkv.cli.access;

import distkv.access.Grant;
import distkv.access.User;
import distkv.cli.context.CommandAction;
import distkv.cli.context.CommandContext;
import distkv.cli.context.HostName;
import distkv.cli.context.Printer;
import distkv.cli.format.Columns;
import distkv.cli.ops.TreeLocation;
import distkv.cli.options.OutputOptions;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/** Shows the users. */
@Command(
        name = "list",
        description = "Show who can log in, how, and with which roles.",
        footer = {"", "Example:", "  distkv user list"})
public final class UserList implements CommandAction.Local {
    @Mixin
    OutputOptions output = new OutputOptions();

    @Mixin
    private TreeLocation place = new TreeLocation();

    @Override
    public int run(CommandContext context) throws Exception {
        return place.with(context, HostName.name(), tree -> {
            print(AccessEntries.read(tree).users(), context.printer());
            return 0;
        });
    }

    private static void print(List<User> users, Printer printer) {
        if (printer.isFormatGiven()) {
            Map<String, Object> all = new LinkedHashMap<>();
            for (User user : users) {
                Map<String, Object> one = new LinkedHashMap<>();
                one.put("log_in", logIn(user));
                one.put("roles", user.roles().stream().map(Grant::toString).toList());
                all.put(user.name(), one);
            }
            printer.document(all);
        } else if (!users.isEmpty()) {
            List<List<String>> rows = new ArrayList<>(List.of(List.of("NAME", "LOG-IN", "ROLES")));
            users.forEach(user -> rows.add(List.of(user.name(), logIn(user), RoleOptions.shown(user.roles()))));
            Columns.lines(rows).forEach(printer::line);
        }
    }

    private static String logIn(User user) {
        return user.disabled() ? "disabled" : user.password() == null ? "code" : "password";
    }
}
