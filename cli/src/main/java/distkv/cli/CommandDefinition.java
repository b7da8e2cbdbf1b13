package distkv.cli;

import java.util.List;
import java.util.Optional;

/**
 * A command's name, the class behind it, and the commands below it.
 *
 * @param names the name that the help shows, then the aliases
 * @param valued the options of a group that take a value, so that its command can be found behind them
 */
record CommandDefinition(List<String> names, Class<?> type, List<String> valued, List<CommandDefinition> below) {
    static CommandDefinition leaf(Class<?> type, String... names) {
        return new CommandDefinition(List.of(names), type, List.of(), List.of());
    }

    static CommandDefinition group(Class<?> type, List<String> names, List<String> valued, CommandDefinition... below) {
        return new CommandDefinition(names, type, valued, List.of(below));
    }

    String name() {
        return names.getFirst();
    }

    boolean isLeaf() {
        return below.isEmpty();
    }

    Optional<CommandDefinition> find(String name) {
        return below.stream().filter(command -> command.names.contains(name)).findFirst();
    }

    /** Whether the next argument is the value of this option. */
    boolean takesNext(String option) {
        if (option.startsWith("--")) {
            return valued.contains(option);
        }
        for (int i = 1; i < option.length(); i++) {
            if (valued.contains("-" + option.charAt(i))) {
                return i == option.length() - 1;
            }
        }
        return false;
    }
}
