package distkv.cli.access;

import distkv.access.AccessTable;
import distkv.cli.context.CommandAction;
import distkv.cli.context.CommandContext;
import distkv.cli.context.HostName;
import distkv.cli.input.FailedException;
import distkv.cli.ops.TreeLocation;
import distkv.cli.options.HelpOption;
import java.util.List;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;

/** Deletes a role. */
@Command(
        name = "delete",
        description = "Delete a role of your own. Whoever has it keeps its name only, which allows nothing.",
        footer = {"", "Example:", "  distkv role delete janitor"})
public final class RoleDelete implements CommandAction.Local {
    @Mixin
    private TreeLocation place = new TreeLocation();

    @Mixin
    HelpOption help = new HelpOption();

    @Parameters(paramLabel = "NAME", description = "The role.")
    private String name = "";

    @Override
    public int run(CommandContext context) throws Exception {
        return place.with(context, HostName.name(), tree -> {
            AccessEntries known = AccessEntries.read(tree);
            List<String> own = List.copyOf(known.ownRoles().keySet());
            if (!own.contains(name)) {
                throw known.roles().containsKey(name)
                        ? new FailedException("role " + name + ": is built in (expected: one of your own)")
                        : AccessEntries.missing("role " + name, name, own);
            }
            known.put(AccessTable.role(name), null);
            context.printer().remark("deleted role " + name);
            return 0;
        });
    }
}
