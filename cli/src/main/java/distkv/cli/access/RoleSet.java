package distkv.cli.access;

import distkv.access.AccessTable;
import distkv.access.PathPattern;
import distkv.access.Right;
import distkv.access.Rights;
import distkv.access.Role;
import distkv.access.Rule;
import distkv.access.User;
import distkv.cli.context.CommandAction;
import distkv.cli.context.CommandContext;
import distkv.cli.context.HostName;
import distkv.cli.input.UsageException;
import distkv.cli.ops.TreeLocation;
import distkv.cli.options.HelpOption;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Defines a role. */
@Command(
        name = "set",
        description = {
            "Define a role of your own, or replace it. A rule is 'RIGHT, … at PATTERN', as 'role list' shows them; the"
                    + " rights are read, write, code, run and admin.",
            "In a pattern '+' stands for any one element and '#', at its end, for the rest."
        },
        footer = {"", "Example:", "  distkv role set janitor --allow 'read, write at room.+.light'"})
public final class RoleSet implements CommandAction.Local {
    private static final String AT = " at ";

    @Mixin
    private TreeLocation place = new TreeLocation();

    @Option(
            names = {"--allow"},
            paramLabel = "RULE",
            required = true,
            description = "A rule. Can be given repeatedly.")
    private List<String> rules = new ArrayList<>();

    @Mixin
    HelpOption help = new HelpOption();

    @Parameters(paramLabel = "NAME", description = "The role.")
    private String name = "";

    @Override
    public int run(CommandContext context) throws Exception {
        Role role = new Role(name, Rights.of(rules.stream().map(RoleSet::rule).toList()));
        if (!User.isName(name)) {
            throw new UsageException("name: '" + name + "' (expected: letters, digits and _ @ . -, at most 64)");
        }
        return place.with(context, HostName.name(), tree -> {
            AccessEntries.read(tree).put(AccessTable.role(name), role.encode());
            context.printer()
                    .remark("role " + name + ": " + role.rights().rules().size() + " rules");
            return 0;
        });
    }

    static Rule rule(String text) {
        int at = text.indexOf(AT);
        if (at < 0) {
            throw new UsageException("--allow '" + text + "' (expected: a rule such as 'read, write at room.#')");
        }
        Set<Right> rights = EnumSet.noneOf(Right.class);
        try {
            for (String word : text.substring(0, at).strip().split("[, ]+", -1)) {
                rights.add(Right.of(word));
            }
            return new Rule(PathPattern.parse(text.substring(at + AT.length()).strip()), rights);
        } catch (IllegalArgumentException e) {
            throw new UsageException("--allow '" + text + "': " + e.getMessage(), e);
        }
    }
}
