package distkv.cli;

import distkv.model.Path;
import picocli.CommandLine;
import picocli.CommandLine.TypeConversionException;

/**
 * Builds picocli's model of the commands that an invocation names, and of those below the last one. Building the
 * model of every command would take most of a short command's time.
 */
final class CommandTree {
    private CommandTree() {}

    static CommandLine of(Arguments arguments) {
        CommandLine root = new CommandLine(Words.ROOT.type());
        CommandLine last = root;
        for (Word word : arguments.chain().subList(1, arguments.chain().size())) {
            CommandLine line = new CommandLine(word.type());
            last.addSubcommand(word.name(), line);
            last = line;
        }
        for (Word below : arguments.last().below()) {
            String[] aliases = below.names().stream().skip(1).toArray(String[]::new);
            last.addSubcommand(below.name(), new CommandLine(below.type()), aliases);
        }
        root.registerConverter(Path.class, CommandTree::path);
        root.setCaseInsensitiveEnumValuesAllowed(true);
        root.setUsageHelpAutoWidth(false);
        root.setUnmatchedOptionsAllowedAsOptionParameters(true);
        return root;
    }

    private static Path path(String text) {
        try {
            return Path.parse(text);
        } catch (IllegalArgumentException e) {
            throw new TypeConversionException(e.getMessage());
        }
    }
}
