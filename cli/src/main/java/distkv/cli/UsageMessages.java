package distkv.cli;

import distkv.cli.input.Suggestion;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine;

/** What is said, in one line, about a command that was used wrongly. */
final class UsageMessages {
    private UsageMessages() {}

    static String of(CommandLine.ParameterException e, Arguments arguments) {
        CommandSpec spec = e.getCommandLine().getCommandSpec();
        String text = switch (e) {
            case CommandLine.UnmatchedArgumentException unmatched -> unmatched(unmatched, spec, arguments.last());
            default -> plain(e.getMessage());
        };
        return spec.qualifiedName() + ": " + text + "; see '" + spec.qualifiedName() + " --help'";
    }

    static String missingCommand(CommandSpec spec) {
        return spec.qualifiedName() + ": a command is missing (expected: " + commands(spec) + "); see '"
                + spec.qualifiedName() + " --help'";
    }

    private static String unmatched(CommandLine.UnmatchedArgumentException e, CommandSpec spec, CommandDefinition group) {
        String given = e.getUnmatched().getFirst();
        if (given.startsWith("-")) {
            List<String> options = spec.options().stream()
                    .flatMap(option -> Stream.of(option.names()))
                    .toList();
            return "there is no option " + given + Suggestion.among(given, options);
        } else if (group.isLeaf()) {
            return "'" + given + "' is one argument too many";
        }
        List<String> names =
                group.below().stream().flatMap(word -> word.names().stream()).toList();
        return "there is no command '" + given + "' (expected: " + commands(spec) + ")" + Suggestion.among(given, names);
    }

    private static String commands(CommandSpec spec) {
        return spec.subcommands().entrySet().stream()
                .filter(entry -> entry.getKey().equals(entry.getValue().getCommandName())
                        && !entry.getValue().getCommandSpec().usageMessage().hidden())
                .map(java.util.Map.Entry::getKey)
                .collect(Collectors.joining(", "));
    }

    /** picocli's own words, in one line, and without what only its authors want to know. */
    private static String plain(@Nullable String message) {
        return String.valueOf(message)
                .lines()
                .map(String::strip)
                .collect(Collectors.joining(" "))
                .replaceFirst("Invalid value for positional parameter at index \\d+ \\(([^)]*)\\): ", "$1: ")
                .replaceFirst("Invalid value for option '([^']*)'( \\([^)]*\\))?: ", "$1: ");
    }
}
