package distkv.cli.access;

import distkv.access.Role;
import distkv.access.Rule;
import distkv.cli.context.CommandAction;
import distkv.cli.context.CommandContext;
import distkv.cli.context.HostName;
import distkv.cli.ops.TreeLocation;
import distkv.cli.options.OutputOptions;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/** Shows the roles. */
@Command(
        name = "list",
        description = "Show all roles and what they allow: those that are built in, and your own.",
        footer = {"", "Example:", "  distkv role list"})
public final class RoleList implements CommandAction.Local {
    @Mixin
    OutputOptions output = new OutputOptions();

    @Mixin
    private TreeLocation place = new TreeLocation();

    @Override
    public int run(CommandContext context) throws Exception {
        return place.with(context, HostName.name(), tree -> {
            Map<String, Object> all = new LinkedHashMap<>();
            AccessEntries.read(tree).roles().forEach((name, role) -> all.put(name, rules(role)));
            context.printer().document(all);
            return 0;
        });
    }

    private static List<String> rules(Role role) {
        return role.rights().isAll()
                ? List.of("everything")
                : role.rights().rules().stream().map(Rule::toString).toList();
    }
}
