package distkv.cli;

import distkv.cli.input.Suggestion;
import distkv.cli.input.UsageException;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import picocli.CommandLine;
import picocli.CommandLine.Model.ArgSpec;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;

/** Turns picocli's errors into our own: one line that says what is wrong, and a hint. */
final class UsageMessages {
    private UsageMessages() {}

    static UsageException of(CommandLine.ParameterException e, Arguments arguments) {
        CommandSpec spec = e.getCommandLine().getCommandSpec();
        return switch (e) {
            case CommandLine.UnmatchedArgumentException unmatched -> unmatched(unmatched, spec, arguments.last());
            default -> new UsageException(text(e), e).withHint(help(spec));
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

    /** The message of a converter with the name of its argument, or else picocli's own, on one line. */
    private static String text(CommandLine.ParameterException e) {
        String message = String.valueOf(e.getMessage());
        if (e.getArgSpec() != null && e.getCause() instanceof CommandLine.TypeConversionException cause) {
            message = name(e.getArgSpec()) + ": " + cause.getMessage();
        }
        return message.lines().map(String::strip).collect(Collectors.joining(" "));
    }

    private static String name(ArgSpec argument) {
        return argument instanceof OptionSpec option ? option.longestName() : argument.paramLabel();
    }
}
