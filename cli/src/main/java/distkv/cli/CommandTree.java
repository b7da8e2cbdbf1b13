package distkv.cli;

import distkv.cli.context.CommandAction;
import distkv.cli.options.GroupOption;
import distkv.cli.options.NodeOption;
import distkv.model.Path;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParseResult;
import picocli.CommandLine.TypeConversionException;

/**
 * Builds picocli's model of the commands that an invocation names, and of those below the last one. Building the
 * model of every command would take most of a short command's time.
 */
final class CommandTree {
    private CommandTree() {}

    static CommandLine of(Arguments arguments) {
        CommandLine root = new CommandLine(Commands.ROOT.type());
        CommandLine last = root;
        for (CommandDefinition command :
                arguments.chain().subList(1, arguments.chain().size())) {
            CommandLine line = line(command.type());
            last.addSubcommand(command.name(), line);
            last = line;
        }
        for (CommandDefinition below : arguments.last().below()) {
            String[] aliases = below.names().stream().skip(1).toArray(String[]::new);
            last.addSubcommand(below.name(), line(below.type()), aliases);
        }
        root.registerConverter(Path.class, CommandTree::path);
        root.setCaseInsensitiveEnumValuesAllowed(true);
        // A text that begins with '@' is a value, not a file with arguments.
        root.setExpandAtFiles(false);
        root.setUsageHelpAutoWidth(false);
        root.setUnmatchedOptionsAllowedAsOptionParameters(true);
        return root;
    }

    /** The commands about jobs take the options that say which jobs, too. */
    private static CommandLine line(Class<?> type) {
        CommandLine line = new CommandLine(type);
        CommandSpec spec = line.getCommandSpec();
        if (CommandAction.OfJobs.class.isAssignableFrom(type) || CommandAction.Serving.class.isAssignableFrom(type)) {
            if (spec.findOption("-n") == null) {
                line.addMixin("node", new NodeOption());
            }
            line.addMixin("group", new GroupOption());
        }
        return line;
    }

    /** The value of an option, from the innermost command that was given it; {@code null} if none was. */
    static @Nullable String given(ParseResult parsed, String option) {
        String found = null;
        for (ParseResult at = parsed; at != null; at = at.subcommand()) {
            found = at.matchedOptionValue(option, found);
        }
        return found;
    }

    private static Path path(String text) {
        try {
            return Path.parse(text);
        } catch (IllegalArgumentException e) {
            throw new TypeConversionException(e.getMessage());
        }
    }
}
