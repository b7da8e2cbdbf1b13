package distkv.cli;

import java.util.Comparator;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Model.CommandSpec;

/** What is said, in one line, about a command that was used wrongly. */
final class UsageText {
    private static final int CLOSE = 3;

    private UsageText() {}

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

    private static String unmatched(CommandLine.UnmatchedArgumentException e, CommandSpec spec, Word group) {
        String given = e.getUnmatched().getFirst();
        if (given.startsWith("-")) {
            List<String> options = spec.options().stream()
                    .flatMap(option -> Stream.of(option.names()))
                    .toList();
            return "there is no option " + given + hint(given, options);
        } else if (group.isLeaf()) {
            return "'" + given + "' is one argument too many";
        }
        List<String> names =
                group.below().stream().flatMap(word -> word.names().stream()).toList();
        return "there is no command '" + given + "' (expected: " + commands(spec) + ")" + hint(given, names);
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

    /** A question whether one of these names was meant, if one is written alike; else "". */
    static String hint(String given, List<String> names) {
        return names.stream()
                .filter(name -> distance(given, name) < Math.min(CLOSE, given.length()))
                .min(Comparator.comparingInt((String name) -> distance(given, name)))
                .map(name -> "; did you mean '" + name + "'?")
                .orElse("");
    }

    /** How many letters must be changed, added or removed to make one word of the other. */
    static int distance(String a, String b) {
        int[] row = new int[b.length() + 1];
        for (int j = 0; j <= b.length(); j++) {
            row[j] = j;
        }
        for (int i = 1; i <= a.length(); i++) {
            int diagonal = row[0];
            row[0] = i;
            for (int j = 1; j <= b.length(); j++) {
                int replaced = diagonal + (a.charAt(i - 1) == b.charAt(j - 1) ? 0 : 1);
                diagonal = row[j];
                row[j] = Math.min(replaced, 1 + Math.min(row[j], row[j - 1]));
            }
        }
        return row[b.length()];
    }
}
