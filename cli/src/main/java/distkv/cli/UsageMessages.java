package distkv.cli;

import distkv.cli.input.Suggestion;
import distkv.cli.input.UsageException;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Model.CommandSpec;

/** Turns picocli's errors into our own: one line that says what is wrong, and a hint. */
final class UsageMessages {
    private UsageMessages() {}

    static UsageException of(CommandLine.ParameterException e, Arguments arguments) {
        CommandSpec spec = e.getCommandLine().getCommandSpec();
        return switch (e) {
            case CommandLine.UnmatchedArgumentException unmatched -> unmatched(unmatched, spec, arguments.last());
            default -> new UsageException(plain(e.getMessage()), e).withHint(help(spec));
        };
    }

    static UsageException missingCommand(CommandSpec spec) {
        return new UsageException("a command is missing (expected: " + commands(spec) + ")").withHint(help(spec));
    }

    private static UsageException unmatched(
            CommandLine.UnmatchedArgumentException e, CommandSpec spec, CommandDefinition group) {
        String given = e.getUnmatched().getFirst();
        if (given.startsWith("-")) {
            List<String> options = spec.options().stream()
                    .flatMap(option -> Stream.of(option.names()))
                    .toList();
            return new UsageException("there is no option " + given, e).withHint(hint(given, options, spec));
        } else if (group.isLeaf()) {
            return new UsageException("'" + given + "' is one argument too many", e).withHint(help(spec));
        }
        List<String> names = group.below().stream()
                .flatMap(command -> command.names().stream())
                .toList();
        return new UsageException("there is no command '" + given + "' (expected: " + commands(spec) + ")", e)
                .withHint(hint(given, names, spec));
    }

    private static String hint(String given, List<String> names, CommandSpec spec) {
        return Suggestion.among(given, names).map(question -> question + " ").orElse("") + help(spec);
    }

    private static String help(CommandSpec spec) {
        return "see '" + spec.qualifiedName() + " --help'";
    }

    private static String commands(CommandSpec spec) {
        return spec.subcommands().entrySet().stream()
                .filter(entry -> entry.getKey().equals(entry.getValue().getCommandName())
                        && !entry.getValue().getCommandSpec().usageMessage().hidden())
                .map(java.util.Map.Entry::getKey)
                .collect(Collectors.joining(", "));
    }

    /** picocli's own message, on one line, without its internals. */
    private static String plain(@Nullable String message) {
        return String.valueOf(message)
                .lines()
                .map(String::strip)
                .collect(Collectors.joining(" "))
                .replaceFirst("Invalid value for positional parameter at index \\d+ \\(([^)]*)\\): ", "$1: ")
                .replaceFirst("Invalid value for option '([^']*)'( \\([^)]*\\))?: ", "$1: ");
    }
}
