package distkv.cli;

import java.util.List;
import java.util.Optional;

/**
 * A command's name, the class behind it, and the commands below it.
 *
 * @param names the one that the page uses, then the aliases
 * @param valued the options of a group that take a value, so that its command can be found behind them
 */
record Word(List<String> names, Class<?> type, List<String> valued, List<Word> below) {
    static Word leaf(Class<?> type, String... names) {
        return new Word(List.of(names), type, List.of(), List.of());
    }

    static Word group(Class<?> type, List<String> names, List<String> valued, Word... below) {
        return new Word(names, type, valued, List.of(below));
    }

    String name() {
        return names.getFirst();
    }

    boolean isLeaf() {
        return below.isEmpty();
    }

    Optional<Word> find(String name) {
        return below.stream().filter(word -> word.names.contains(name)).findFirst();
    }

    /** Whether an option is written so that the next argument is its value. */
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
